/** Serves dist/ as it is on the given port of loopback, for the journeys. */
import { serve } from './serve.mjs';

await serve({ host: '127.0.0.1', port: Number(process.argv[2]), mayMove: false });
