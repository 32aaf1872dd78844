/** What `npx glassdock` starts. */
import { glassdock } from './command.ts';
import { realOutside } from './outside.ts';

process.exitCode = glassdock(process.argv.slice(2), realOutside);
