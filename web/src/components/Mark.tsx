// The mark of Outrider.
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0b6e5f" />
      <path d="M8 21.5 16 8l8 13.5-8-3.6z" fill="#fff" />
    </svg>
  );
}
