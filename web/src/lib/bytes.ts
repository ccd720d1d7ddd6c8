// Sizes as people say them.

/** `912 B`, `3.4 kB`, `12 MB`: decimal, as file managers count. */
export function bytes(count: number): string {
  let left = count;
  for (const unit of ['B', 'kB', 'MB']) {
    if (left < 1000) return `${left < 10 && unit !== 'B' ? left.toFixed(1) : Math.round(left)} ${unit}`;
    left /= 1000;
  }
  return `${left.toFixed(1)} GB`;
}
