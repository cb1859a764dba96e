#!/usr/bin/env bash
# A Dask cluster of two processes on this machine: it reads tiny-world, counts, trains by SVD and skip-gram while a
# worker is killed, and ends with the bytes of one process. In demo/cluster/.
. "$(dirname "$0")/environment.sh"
environment distributed
rm -rf demo/cluster && mkdir -p demo/cluster
cd demo/cluster

echo "== a scheduler, and two workers of one thread each"
dask scheduler --scheduler-file scheduler.json --port 0 --dashboard-address :0 >scheduler.log 2>&1 &
scheduler=$!
for number in 1 2; do
  dask worker --scheduler-file scheduler.json --nthreads 1 --dashboard-address :0 >"worker$number.log" 2>&1 &
  nannies="${nannies:-} $!"
done
trap 'kill $nannies $scheduler 2>/dev/null' EXIT
until [ -e scheduler.json ]; do sleep 0.2; done

echo "== the corpus"
wordvec corpus build tiny-world -o corpus --scheduler scheduler.json
wordvec corpus build tiny-world -o corpus-alone >/dev/null

echo "== svd (counts, PPMI and SVD)"
wordvec train corpus -o svd.safetensors --dim 50 --scheduler scheduler.json
wordvec train corpus -o svd-alone.safetensors --dim 50 --trainer svd >/dev/null

echo "== skip-gram in 4 pieces, with a worker killed on the way"
rounds=(--trainer skipgram --dim 50 --epochs 10 --pieces 4 --merges 8 --init svd)
wordvec train corpus -o skipgram.safetensors --scheduler scheduler.json "${rounds[@]}" &
training=$!
until compgen -G "skipgram.safetensors.work/*/loss-*" >/dev/null || ! kill -0 $training 2>/dev/null; do sleep 0.2; done
worker=$(pgrep -P "${nannies##* }" -f spawn_main | head -1) # the process that the nanny watches
kill -9 "$worker" && echo "killed worker $worker"
wait $training
wordvec train corpus -o skipgram-alone.safetensors "${rounds[@]}" >/dev/null

echo "== evaluate"
wordvec evaluate svd.safetensors skipgram.safetensors --analogy tiny-world-analogies --similarity tiny-world-similarity

echo "== the same bytes as without a cluster"
sha256sum corpus{,-alone}/ids.npy {svd,skipgram}{,-alone}.safetensors
diff -r corpus corpus-alone
cmp svd.safetensors svd-alone.safetensors
cmp skipgram.safetensors skipgram-alone.safetensors
echo "all equal"
