/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import {defineConfig} from 'vite';

// `npm run dev` serves the sources and passes everything else on to a gateway that runs already.
const gateway = process.env['WAYLEAVE_URL'] ?? 'http://127.0.0.1:8080';
const passedOn = [
  '^/(v1|api|proxy|connect|sso)/',
  '^/(openapi.json|connect.js)$',
  '^/[a-z0-9_-]+/[a-z0-9_-]+/callback', // where a provider sends the browser back
];

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    // The policy lets nothing inline through: no data: fonts, no inlined scripts.
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    target: 'baseline-widely-available',
    // What every page needs comes in two files instead of forty; each page adds its own.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {name: 'libraries', test: /node_modules\/(?!uqr\/)/},
            {name: 'common', test: /src\/(api|lib|shell|ui|styles)\//},
          ],
        },
      },
    },
  },
  server: {proxy: Object.fromEntries(passedOn.map((path) => [path, gateway]))},
  test: {environment: 'node', testTimeout: 20_000},
});
