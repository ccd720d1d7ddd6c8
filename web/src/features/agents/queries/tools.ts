// What agents can be given. Query `agents, tools`.
import { queryOptions, useQuery } from '@tanstack/react-query';

import { api, ok, type Schemas } from '@/api/client';

export type Tool = Schemas['ToolCard'];

const toolsQuery = queryOptions({
  queryKey: ['agents', 'tools'],
  queryFn: () => ok<Tool[]>(api.GET('/api/tools')),
});

export const useTools = (isWanted = true) => useQuery({ ...toolsQuery, enabled: isWanted });
