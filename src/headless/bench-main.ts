/** What `npm run bench` starts, once it is built. */
import { bench } from './bench.ts';

bench((line) => console.log(line));
