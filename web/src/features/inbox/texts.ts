// The words of the inbox that are in their catalogue already.
import { catalogue } from '@/lib/texts/catalogue';

export const { say } = catalogue({
  looking: { one: '{names} is looking at this, too.', other: '{names} are looking at this, too.' },
  noPictures: 'Its pictures lie elsewhere and are not loaded.',
  showPictures: 'Show pictures',
});
