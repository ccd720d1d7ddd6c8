// How the web app is built: into the Python package, which serves it and ships it in the wheel.
import process from 'node:process';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const core = process.env.OUTRIDER_CORE ?? 'http://127.0.0.1:8400';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    outDir: '../src/outrider/app/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    chunkSizeWarningLimit: 900,
    // All that the first screen needs comes whole: in a dozen pieces it weighs 2 % more.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
    },
  },
  server: { port: 5174, proxy: { '/api': { target: core, changeOrigin: false } } },
});
