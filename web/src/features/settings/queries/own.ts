// One's own hours, password and sessions; the installation's settings. Queries `own, …`, `settings`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';
import { keepNewer } from '@/api/newer';

export type Hours = Schemas['HoursShown'];
export type HoursWanted = Schemas['HoursWanted'];
export type Session = Schemas['SessionSeen'];

const of = (person_id: string) => ({ params: { path: { person_id } } });

const hoursQuery = (id: string) =>
  queryOptions({
    queryKey: ['own', 'hours', id] as const,
    queryFn: () => ok<Hours>(api.GET('/api/people/{person_id}/hours', of(id))),
    enabled: id !== '',
  });

export const useHours = (id: string) => useQuery(hoursQuery(id));

function useHoursChange<Asked>(id: string, change: (asked: Asked) => Promise<Hours>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (now) => keepNewer(client, hoursQuery(id).queryKey, now),
  });
}

export const useSetHours = (id: string) =>
  useHoursChange(id, (body: HoursWanted) => ok<Hours>(api.PUT('/api/people/{person_id}/hours', { ...of(id), body })));

export const useAway = (id: string) =>
  useHoursChange(id, (body: Schemas['Absence']) =>
    ok<Hours>(api.POST('/api/people/{person_id}/absence', { ...of(id), body })),
  );

export const useBack = (id: string) =>
  useHoursChange(id, () => ok<Hours>(api.DELETE('/api/people/{person_id}/absence', of(id))));

export const useSessions = () =>
  useQuery({
    queryKey: ['own', 'sessions'],
    queryFn: async () => (await ok<Schemas['Sessions']>(api.GET('/api/me/sessions'))).items,
  });

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (session_id: string) => ok(api.DELETE('/api/me/sessions/{session_id}', { params: { path: { session_id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['own', 'sessions'] }),
  });
}

export function usePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['NewPassword']) => ok(api.PUT('/api/me/password', { body })),
    onSuccess: () => client.invalidateQueries(),
  });
}

export const useInstallation = () =>
  useQuery({ queryKey: ['settings'], queryFn: () => ok<Schemas['SettingsShown']>(api.GET('/api/settings')) });
