/** What `npx glassdock` starts. */
import { glassdock } from './command.ts';

process.exitCode = glassdock(process.argv.slice(2));
