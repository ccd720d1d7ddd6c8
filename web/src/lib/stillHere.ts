// Whether the part of the screen that asked is still open when the answer comes.
import { useCallback, useEffect, useRef } from 'react';

/** Asked after a late answer: whoever went elsewhere before it came stays there. */
export function useStillHere(): () => boolean {
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return useCallback(() => isHere.current, []);
}
