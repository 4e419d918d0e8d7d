#!/bin/sh
# Verifies one shard in each task of a Slurm array. Each task reads the whole record and verifies its voters' ballots.
#
#   mkdir -p /shared/parts
#   sbatch --array=0-63 --export=ALL,RECORD=/shared/record,PARTS=/shared/parts slurm-array.sh
#
# When all tasks have ended:
#
#   tabella-verify /shared/record --merge /shared/parts/part-*
#
#SBATCH --job-name=tabella-verify
#SBATCH --cpus-per-task=8
#SBATCH --mem=4G
#SBATCH --time=04:00:00
set -eu

# as many threads as the task was given
export RAYON_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"

exec tabella-verify "$RECORD" \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
    --output "$PARTS/part-$SLURM_ARRAY_TASK_ID" \
    --label "$(hostname), Slurm task $SLURM_ARRAY_TASK_ID"
