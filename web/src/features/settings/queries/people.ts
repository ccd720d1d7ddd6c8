// Who is in the workspace, and who is invited. Queries `people, …`.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Member = Schemas['MemberSeen'];
export type Role = Schemas['PersonRole'];
export type Invitation = Schemas['InvitationSeen'];
export type Made = Schemas['InvitationMade'];

const peopleQuery = queryOptions({
  queryKey: ['people', 'list'],
  queryFn: async () => (await ok<Schemas['People']>(api.GET('/api/people'))).items,
});

export const usePeople = () => useQuery(peopleQuery);

export const useInvitations = (isAllowed: boolean) =>
  useQuery({
    queryKey: ['people', 'invitations'],
    queryFn: async () => (await ok<Schemas['Invitations']>(api.GET('/api/invitations'))).items,
    enabled: isAllowed,
  });

function usePeopleChange<Asked, Told>(change: (asked: Asked) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: ['people'] }) });
}

const of = (person_id: string) => ({ params: { path: { person_id } } });

export const useInvite = () =>
  usePeopleChange((body: Schemas['InvitationWanted']) => ok<Made>(api.POST('/api/invitations', { body })));

export const useWithdraw = () =>
  usePeopleChange((invitation_id: string) =>
    ok(api.DELETE('/api/invitations/{invitation_id}', { params: { path: { invitation_id } } })),
  );

export const useSetRole = () =>
  usePeopleChange(({ id, role }: { id: string; role: Role }) =>
    ok<Member>(api.PUT('/api/people/{person_id}/role', { ...of(id), body: { role } })),
  );

export const useRemove = () => usePeopleChange((id: string) => ok(api.DELETE('/api/people/{person_id}', of(id))));

export const useEndSessions = () =>
  usePeopleChange((id: string) => ok<Schemas['Ended']>(api.DELETE('/api/people/{person_id}/sessions', of(id))));

export const usePasswordLink = () =>
  usePeopleChange((id: string) => ok<Made>(api.POST('/api/people/{person_id}/password-link', of(id))));

export const useSlackUser = () =>
  usePeopleChange(({ id, slack_user }: { id: string; slack_user: string }) =>
    ok(api.PUT('/api/people/{person_id}/slack', { ...of(id), body: { slack_user } })),
  );
