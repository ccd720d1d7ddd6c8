// Secrets of services by name, and the addresses that they call. Query `services`.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Services = Schemas['Services'];
export type Secret = Services['items'][number];

export const useServices = () =>
  useQuery({ queryKey: ['services'], queryFn: () => ok<Services>(api.GET('/api/secrets')) });

function useChange<Asked>(change: (asked: Asked) => Promise<Services>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: (now) => client.setQueryData(['services'], now) });
}

export const useSetSecret = () =>
  useChange(({ name, secret }: { name: string; secret: string }) =>
    ok<Services>(api.PUT('/api/secrets/{name}', { params: { path: { name } }, body: { secret } })),
  );

export const useRemoveSecret = () =>
  useChange((name: string) => ok<Services>(api.DELETE('/api/secrets/{name}', { params: { path: { name } } })));

export function useReseal() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ok<Schemas['Resealed']>(api.POST('/api/secrets/rotate')),
    onSuccess: () => client.invalidateQueries({ queryKey: ['services'] }),
  });
}
