/** What the menu of a process offers. Each is one command line, which is shown below it. */
export const faults = {
  'menu.of-process': 'What can happen to {title} {pid}',
  'menu.of-container': 'What can happen to {name}',
  'menu.signal': 'a signal',
  'menu.container': 'the container {name}',
  'menu.unit': 'the service {unit}',
  'menu.host': 'the host',
  'menu.typed': 'Each is a command: it is typed into a shell.',

  'fault.crash': 'Let it crash',
  'fault.hang-reader': 'Let its reader, dockerd, hang: nobody drains its output',
  'fault.go-on-reader': 'Let its reader, dockerd, go on',

  'unit.stop': 'Stop the service',
  'unit.restart': 'Restart the service',
  'unit.upgrade': 'Upgrade it to another version',
  'unit.start': 'Start {unit}',
  'unit.live-restore-on': 'Live-restore on: containers outlive the daemon',
  'unit.live-restore-off': 'Live-restore off: a daemon that stops takes them along',

  'container.start': 'Start it',
  'container.stop': 'Stop it: its stop signal, ten seconds, SIGKILL',
  'container.kill': 'Kill it',
  'container.pause': 'Freeze it',
  'container.unpause': 'Thaw it',
  'container.restart': 'Restart it',
  'container.remove': 'Remove it, whatever it does',
  'container.shell': 'A shell in it',
  'container.kill-inside': 'Kill its process 1 from inside',
  'container.limit-memory': 'Limit its memory',
  'container.eat-memory': 'Eat all memory that it may have',
  'container.limit-pids': 'Limit its processes',
  'container.fork-bomb': 'A fork bomb in it',
  'container.limit-cpu': 'Half a processor for it',

  'host.disk-full': 'Fill the disk',
  'host.disk-free': 'Free the disk again',
  'host.registry-slow': 'A slow line to the registry',
  'host.registry-usual': 'The usual line again',
  'host.runc-missing': 'Take runc away',
  'host.runc-failing': 'A runc that fails without a word',
  'host.runc-back': 'Bring runc back',
} as const;

export type FaultKey = keyof typeof faults;
