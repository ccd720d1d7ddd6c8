// Does something as soon as an element is about to be seen, and again each time that it is drawn anew.
import { useCallback, useEffect, useRef } from 'react';

/** A ref for the element; `act` is called while it is less than a screen away. */
export function useNear(act: () => void): (element: Element | null) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const watching = useRef<IntersectionObserver | null>(null);
  return useCallback((element: Element | null) => {
    watching.current?.disconnect();
    watching.current = null;
    if (!element) return;
    watching.current = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting)) latest.current();
      },
      { root: element.parentElement, rootMargin: '600px' },
    );
    watching.current.observe(element);
  }, []);
}
