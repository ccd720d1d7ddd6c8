// What a step is for, told alike wherever it stands.
import { has, say } from './texts';

/** `follow_up` → `follow-up`; the word itself where there is none. */
export function purposeOf(name: string): string {
  const key = `purpose_${name}`;
  return has(key) ? say(key as 'purpose_first_touch') : name.replaceAll('_', ' ');
}
