// Who is signed in, and what this person may do. Query `me`.
import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, Problem, type Schemas } from './client';

export type Me = Schemas['Me'];

async function fetchMe(): Promise<Me> {
  try {
    return await ok<Me>(api.GET('/api/me'));
  } catch (error) {
    // Without a session every door answers that the person may not: it is time to sign in.
    if (error instanceof Problem && (error.status === 403 || error.status === 401))
      throw new Problem(401, error.code, error.message);
    throw error;
  }
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: fetchMe,
  staleTime: 60_000,
});

/** The signed-in person; inside the shell there always is one. */
export function useMe(): Me | undefined {
  return useQuery(meQuery).data;
}

/** Whether this person holds a permission, such as `switches.set`. */
export function useMay(permission: string): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}
