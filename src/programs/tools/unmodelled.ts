/** Tools that people will look for and that are not here: each says so, and what to take instead. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';

/** Name → what there is instead, as the end of the sentence. */
export const unmodelledTools: Readonly<Record<string, string>> = {
  du: 'space is counted for whole disks, by `df`; `docker ps -s` and `ls -l` show sizes',
  nslookup: 'there is no name server; `cat /etc/resolv.conf /etc/hosts` shows what would be asked',
  ping: 'no ICMP is; `ip addr` and `ip route` show who would hear it, `curl` asks over TCP',
  netstat: '`ss -ltnp` lists who listens',
  top: '`ps aux` shows the processes, the diagram shows them live',
  wget: '`curl` asks over HTTP',
  vi: '`echo text > file` writes one, `cat file` shows it',
};

/** Says that the tool of that name is not modelled, on standard error and in the journal; exit code 1. */
export function unmodelled(name: string): Program {
  return function* (): Running {
    const text = `glassdock: ${name} is not modelled yet: ${unmodelledTools[name] ?? 'type `help` for what is'}`;
    yield* sys.journal({ type: 'note', topic: 'not modelled', text });
    yield* print(`${text}\n`, 2);
    return 1;
  };
}
