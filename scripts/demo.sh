#!/usr/bin/env bash
# From a fresh checkout to trained, queried, evaluated and drawn vectors: all five trainers on tiny-world, in demo/.
. "$(dirname "$0")/environment.sh"
environment
mkdir -p demo

echo "== one pass over the text"
wordvec corpus build tiny-world -o demo/corpus

for trainer in ppmi svd glove cbow skipgram; do
  echo "== $trainer"
  case $trainer in
    cbow | skipgram) options=(--epochs 10) ;; # a small text: more passes
    *) options=() ;;
  esac
  wordvec train demo/corpus -o "demo/$trainer.safetensors" --trainer "$trainer" ${options[@]+"${options[@]}"}
done

echo "== ask"
wordvec similar demo/svd.safetensors king france dog -k 5
wordvec analogy demo/svd.safetensors man king woman -k 3

echo "== evaluate"
wordvec evaluate demo/{ppmi,svd,glove,cbow,skipgram}.safetensors \
  --analogy tiny-world-analogies --similarity tiny-world-similarity

echo "== draw"
wordvec plot demo/svd.safetensors -o demo/map.png --top 150
wordvec plot demo/svd.safetensors -o demo/king.png --neighbours king
wordvec plot demo/skipgram.safetensors -o demo/loss.png --loss
