// A part of the app that comes in a file of its own, fetched when it is wanted.
import { api, ok } from './client';
import { say } from './texts';

/**
 * The part, or in plain words why it is not there: no connection, or a newer release has taken its place.
 * The page is not loaded anew by itself: somebody may be writing.
 */
export async function piece<M>(fetched: () => Promise<M>): Promise<M> {
  try {
    return await fetched();
  } catch {
    await ok(api.GET('/api/me'));
    throw new Error(say('newRelease'));
  }
}
