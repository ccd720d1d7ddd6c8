// Everything that surrounds the screens: colours, data, addresses, messages.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';

import { Problem } from '@/api/client';

import { router } from './router';
import { theme } from './theme';

function signOutIfGone(error: unknown): void {
  if (error instanceof Problem && error.isSignedOut) {
    const { pathname } = router.state.location;
    if (pathname !== '/login') void router.navigate({ to: '/login', search: { next: pathname } });
  }
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: signOutIfGone }),
  mutationCache: new MutationCache({ onError: signOutIfGone }),
  defaultOptions: {
    // The server may well be this machine, which answers while the browser says that it is offline.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 15_000,
      retry: (count, error) => count < 2 && !(error instanceof Problem && error.status >= 400),
    },
  },
});

export function App() {
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Notifications position="top-right" autoClose={7000} limit={4} />
        <RouterProvider router={router} context={{ client }} />
      </MantineProvider>
    </QueryClientProvider>
  );
}
