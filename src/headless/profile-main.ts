/** What `npm run bench` starts once more, built with a file a module, to say in which folders the time goes. */
import { profileContainers } from './bench.ts';

profileContainers((line) => console.log(line));
