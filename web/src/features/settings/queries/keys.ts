// API keys. Query `keys`.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Key = Schemas['KeySeen'];
export type Made = Schemas['KeyMade'];

export const useKeys = () =>
  useQuery({ queryKey: ['keys'], queryFn: async () => (await ok<Schemas['Keys']>(api.GET('/api/keys'))).items });

function useKeyChange<Asked, Told>(change: (asked: Asked) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }) });
}

export const useAddKey = () =>
  useKeyChange((body: Schemas['KeyWanted']) => ok<Made>(api.POST('/api/keys', { body })));

export const useRevokeKey = () =>
  useKeyChange((key_id: string) => ok(api.DELETE('/api/keys/{key_id}', { params: { path: { key_id } } })));
