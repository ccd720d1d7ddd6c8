// Grey lines where words will be.
import { Skeleton } from '@mantine/core';
import { say } from './texts';

export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <div role="status" aria-label={say('loading')}>
      {Array.from({ length: lines }, (_, place) => (
        <Skeleton key={place} height={18} radius="sm" mb={14} width={`${92 - ((place * 17) % 45)}%`} />
      ))}
    </div>
  );
}
