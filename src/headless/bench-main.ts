/** What `npm run bench` starts, once it is built into one file, as what `npx glassdock` runs is. */
import { bench } from './bench.ts';

bench((line) => console.log(line));
