// One person. Query `prospects, person, id`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Contact = Schemas['ContactShown'];
export type Way = NonNullable<Schemas['ColleagueTouch']['by']>;

const at = (id: string) => ({ params: { path: { contact_id: id } } });

const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ['prospects', 'person', id] as const,
    queryFn: () => ok<Contact>(api.GET('/api/contacts/{contact_id}', at(id))),
    retry: false,
  });

export const useContact = (id: string) => useQuery(contactQuery(id));

function useNoting<Said>(id: string, send: (said: Said) => Promise<Contact>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (found) => {
      client.setQueryData(contactQuery(id).queryKey, found);
      // What is paced by touches, and what a consent allows.
      for (const key of ['tasks', 'inbox', 'sending']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

export const useNoteTouch = (id: string) =>
  useNoting(id, (body: Schemas['ColleagueTouch']) =>
    ok<Contact>(api.POST('/api/contacts/{contact_id}/touches', { ...at(id), body })),
  );

export const useNoteConsent = (id: string) =>
  useNoting(id, (body: Schemas['TextConsentNoted']) =>
    ok<Contact>(api.POST('/api/contacts/{contact_id}/text-consent', { ...at(id), body })),
  );
