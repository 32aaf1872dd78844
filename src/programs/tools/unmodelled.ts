/** Tools that people will look for and that are not here: each says so, and what to take instead. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';

/** Name → what there is instead, as the end of the sentence. */
export const unmodelledTools: Readonly<Record<string, string>> = {
  curl: 'no packet of a network is; `ip addr` and `docker port` show what is connected to what',
  df: 'free space on disks is not counted; `mount` shows what is mounted where',
  dmesg: 'the kernel keeps no log of its own; the timeline shows everything that it does',
  du: 'space on disks is not counted; `docker ps -s` and `ls -l` show sizes',
  nc: 'no packet of a network is; `ip addr` shows the devices',
  netstat: 'no packet of a network is; `ip addr` and `ip route` show the devices and routes',
  nslookup: 'no packet of a network is; `cat /etc/resolv.conf /etc/hosts` shows what would be asked',
  ping: 'no packet of a network is; `ip addr` and `ip route` show who would hear it',
  ss: 'no packet of a network is; the diagram shows the unix sockets',
  strace: 'the timeline and the inspector show every system call without it',
  top: '`ps aux` shows the processes, the diagram shows them live',
  vi: '`echo text > file` writes one, `cat file` shows it',
  wget: 'no packet of a network is; `docker pull` has a registry that is simulated',
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
