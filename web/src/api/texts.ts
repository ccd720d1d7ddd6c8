// What is said where the server says nothing.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  noAnswer: 'Outrider does not answer. Is it running?',
  answered: 'The server answered {status}.',
  newRelease: 'Outrider was upgraded while this page was open. Finish what you write, then reload the page.',
});
