// What is said where the server says nothing.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  noAnswer: 'Outrider does not answer. Is it running?',
  answered: 'The server answered {status}.',
});
