#!/usr/bin/env bash
# From a fresh checkout to trained, queried, evaluated and drawn vectors: all five trainers on tiny-world, in demo/.
. "$(dirname "$0")/environment.sh"
environment
mkdir -p demo

echo "== one pass over the text"
wordvec corpus build tiny-world -o demo/corpus

for trainer in ppmi svd glove cbow skipgram; do
  echo "== $trainer"
  wordvec train demo/corpus -o "demo/$trainer.safetensors" --trainer "$trainer"
done

echo "== ask" # the vectors that wordvec train makes of a text this small when no trainer is named
wordvec similar demo/svd.safetensors france paris dog -k 5
wordvec analogy demo/svd.safetensors man king woman -k 3

echo "== evaluate"
wordvec evaluate demo/{ppmi,svd,glove,cbow,skipgram}.safetensors \
  --analogy tiny-world-analogies --similarity tiny-world-similarity

echo "== draw"
countries=france,england,japan,china,turkey,paris,london,tokyo,beijing,ankara
people=king,queen,duke,duchess,brother,sister,father,mother,actor,actress,hero,heroine
animals=dog,cat,cow,horse,lion,owl,duck,frog,puppy,kitten,calf,foal
verbs=sings,sang,singing,climbs,climbed,climbing,sails,sailed,sailing,digs,dug,digging
wordvec plot demo/svd.safetensors -o demo/map.png --words "$countries,$people,$animals,$verbs"
wordvec plot demo/svd.safetensors -o demo/france.png --neighbours france
wordvec plot demo/skipgram.safetensors -o demo/loss.png --loss
