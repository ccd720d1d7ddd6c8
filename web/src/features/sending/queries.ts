// What leaves and what left. Queries `sending, …`.
import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Desk = Schemas['Desk'];
export type Box = Schemas['Box'];
export type Sent = Schemas['OutboxLine'];
export type ToCome = Schemas['ToCome'];

const deskQuery = queryOptions({
  queryKey: ['sending', 'desk'],
  queryFn: () => ok<Desk>(api.GET('/api/sending')),
  refetchInterval: 60_000,
});

export const useDesk = () => useQuery(deskQuery);
