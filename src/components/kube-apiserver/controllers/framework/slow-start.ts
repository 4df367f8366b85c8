/**
 * Runs `count` tasks in growing batches (1, 2, 4, …): when the first one fails, the rest are not tried, so that a quota
 * that is used up costs one refused call and not five hundred. Throws the first failure after its batch has ended.
 */
export async function slowStart(count: number, task: (index: number) => Promise<unknown>): Promise<void> {
  let done = 0;
  for (let size = 1; done < count; size *= 2) {
    const batch = Array.from({ length: Math.min(size, count - done) }, (_, n) => task(done + n));
    const results = await Promise.allSettled(batch);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    done += batch.length;
  }
}
