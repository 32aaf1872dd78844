import { expect, test } from 'vitest';
import { createMachine } from '../host/machine.ts';
import { playScenario } from '../host/play-scenario.ts';
import { parseScenario } from '../host/scenario.ts';
import type { JournalEvent } from '../journal/event.ts';
import { beats } from '../scene/beats.ts';
import { story } from '../text/story.en.ts';
import { say } from '../text/text.ts';

/** What is told of a session, sentence by sentence. */
function told(...lines: readonly string[]): readonly string[] {
  const scenario = parseScenario(['# scenario: a session', 'images busybox', ...lines, ''].join('\n'));
  if ('message' in scenario) throw new Error(`line ${scenario.line}: ${scenario.message}`);
  const { events } = playScenario(scenario, 1, () => {});
  return beats(events, 'story').map(({ caption }) => say(story, caption.key, caption.params));
}

/** What stands when a session is over, and before each prompt of it. */
const closings = (...lines: readonly string[]): readonly string[] =>
  told(...lines).filter((sentence) => sentence.includes('shows its prompt again'));
const closing = (...lines: readonly string[]): string => closings(...lines).at(-1) ?? '';

const prompt = 'The shell reaps docker and shows its prompt again.';
const web = '$ docker run -d --network none --name web busybox sleep 1000';

test.each([
  ['', 'sh'],
  ['exec sh', 'sh'],
  ['exec sleep 1000', 'sleep'],
])('of a shell whose window is closed after “%s” is told who has ended', (line, who) => {
  const events: JournalEvent[] = [];
  const machine = createMachine({ seed: 1, sink: (event) => events.push(event) });
  machine.openTerminal(1, 24, 80);
  machine.settle(10e9);
  machine.input(1, line === '' ? '' : `${line}\n`);
  machine.settle(20e9);
  machine.closeTerminal(1);
  machine.settle(30e9);

  const sentences = beats(events, 'story').map(({ caption }) => say(story, caption.key, caption.params));
  expect(sentences.slice(-2)).toEqual([
    `The terminal is gone: the kernel sends ${who} SIGHUP.`,
    `${who} does not handle SIGHUP, so it has ended. systemd, its parent, reaps it.`,
  ]);
});

test.each([
  ['exec sleep 1000', 'sleep'],
  ['exec docker events', 'docker'],
  ['exec sh', 'sh'],
])('“%s” is told as the shell becoming %s, once', (line, program) => {
  const becomes = told(`> ${line}`).filter((sentence) => sentence.includes('shell itself becomes'));
  expect(becomes).toEqual([`The shell itself becomes ${program}: same process, same pid. No shell waits for its end.`]);
});

test('a line that ends with a container killed for memory says so before the prompt', () => {
  expect(closing('$ docker run -m 20m --network none --name mem busybox tail /dev/zero')).toBe(
    'mem has ended: it was at its memory limit, and the kernel’s OOM killer struck. ' +
      'docker ended with exit code 137: the shell reaps it and shows its prompt again.',
  );
});

test('what a line leaves frozen is said at its end, and not at the end of the next', () => {
  expect(closings(web, '$ docker pause web', '$ docker ps', '$ docker unpause web')).toEqual([
    `${prompt} web lives on without it.`,
    `web is frozen: it gets no processor time until it is thawed. ${prompt}`,
    prompt,
    `${prompt} web lives on without it.`,
  ]);
});

test('a health that goes bad while the line sleeps is said at its end', () => {
  const check = '--health-cmd false --health-interval 2s --health-retries 2';
  expect(
    closing(`$ docker run -d --network none --name bad ${check} busybox sleep 1000`, '$ sleep 10; docker ps'),
  ).toBe(`bad runs, but has become unhealthy meanwhile. ${prompt}`);
});

test('a container that its policy restarts is said to be, with the reason where it was memory', () => {
  const run = '$ docker run -d --network none --restart always --name';
  expect(
    closings(
      `${run} pol busybox sh -c 'exit 3'; sleep 1; docker ps`,
      '$ docker rm -f pol',
      `${run} mem -m 20m busybox tail /dev/zero; sleep 1; docker ps`,
    ),
  ).toEqual([
    expect.stringMatching(/^pol has ended, and its restart policy wants it back: its RestartCount is \d\. The shell/),
    `pol is removed. ${prompt}`,
    expect.stringMatching(/^mem was killed for memory, and its restart policy wants it back: its RestartCount is \d\./),
  ]);
});

test('a shim that is killed takes its container’s exit code along, and the last word says so', () => {
  const kill = "kill -9 $(pgrep -f 'containerd-shim')";
  expect(told(web, `$ ${kill}`).at(-1)).toBe(
    'dockerd writes down that web has ended with code 137: its shim was gone before it, so nobody can be sure of that.',
  );
  expect(closing(web, `$ ${kill}; sleep 2; docker ps`)).toBe(
    `web has ended after its shim was gone: of its exit code, 137, nobody can be sure. ${prompt}`,
  );
  // Another life, another shim.
  expect(closing(web, `$ ${kill}; sleep 2; docker start web`, '$ docker kill web; docker wait web')).toBe(
    `web has ended with code 137. ${prompt}`,
  );
});

test('an end with another code than 0 is said; what was made, did its work and ended is not', () => {
  const run = '$ docker run --rm --network none --name one busybox';
  expect(closing(`${run} sh -c 'exit 3'`)).toMatch(/^one has ended with code 3\. docker ended with exit code 3:/);
  expect(closing(`${run} echo hi`)).toBe(prompt);
});

test('zombies count against the limit of processes, and at the end it is said how many are out of sight', () => {
  const bomb = "sh -c '(f() { f & f; }; f); sleep 1000'";
  const sentences = told(`$ docker run -d --network none --name bomb --pids-limit 12 busybox ${bomb}`);
  expect(sentences).toContain(
    'sh in bomb has ended. The zombie counts against the limit of 12 processes ' +
      'until process 1 there waits for it: a sleep never does.',
  );
  expect(sentences.at(-1)).toBe(
    '11 zombies, which Story does not draw, count against the 12 processes that bomb may have. ' +
      `${prompt} bomb lives on without it.`,
  );
});

test('of Ctrl-C that comes to nothing is told what would end the container', () => {
  const run = (options: string) => `> docker run ${options} --network none --name fg busybox sleep 500`;
  const deaf = 'Ctrl-C does not reach fg: process 1 of a pid namespace gets only the signals that it handles.';
  expect(told(run(''), 'key Ctrl-C')).toContain(`${deaf} To end it, open another shell: docker kill fg.`);
  expect(told(run('-it'), 'key Ctrl-C')).toContain(
    `${deaf} Ctrl-P Ctrl-Q leaves it running; docker kill fg, in another shell, ends it.`,
  );
});

test('a line has a closing whatever its last program is, and a pipeline has one', () => {
  const run = 'docker run -d --network none --name web busybox sleep 1000';
  expect(told(`$ ${run}; ls`).slice(-2)).toEqual([
    'The shell forks, and its child becomes ls.',
    'web lives on. The shell reaps ls and shows its prompt again.',
  ]);
  expect(closings(`$ ${run} | cat; ls /nowhere`)).toEqual([
    'web lives on. ls ended with exit code 2: the shell reaps it and shows its prompt again.',
  ]);
  expect(closings(`$ ps | cat | wc -l`)).toHaveLength(1);
});

test('what became of the containers of a dockerd is told where the line that restarts it ends', () => {
  expect(closing(web, '$ systemctl restart docker')).toBe(
    'web has not outlived its dockerd, which stopped it before it ended itself: exit code 137, ' +
      'and no restart policy starts it again. None of its output is lost. The shell shows its prompt again.',
  );
});

test('a shell that itself does something behind its last child has no closing before that is told', () => {
  expect(told(web, '$ kill $(pidof dockerd)').some((sentence) => /pidof and shows/.test(sentence))).toBe(false);
});

test('of two shells that see the same end only the first that prompts again tells of it', () => {
  const run = '2> docker run --network none --name web busybox sleep 1000';
  expect(closings(run, '$ docker kill web')).toEqual([
    `web has ended with code 137. ${prompt}`,
    'docker ended with exit code 137: the shell reaps it and shows its prompt again.',
  ]);
});

test('a line that the shell does all by itself has a closing too, and one that is interrupted', () => {
  expect(
    closings('$ cd /tmp', '$ dokcer ps', '$ kill -CONT $(pidof dockerd)', '> docker events', 'key Ctrl-C'),
  ).toEqual([
    'The shell needs no other process for that line: it shows its prompt again.',
    'The shell needs no other process for that line: it shows its prompt again.',
    'The shell shows its prompt again.',
    prompt,
  ]);
});

test('what a command of the shell asks for is no prompt, and a prompt is one whatever it says', () => {
  const alone = 'The shell needs no other process for that line: it shows its prompt again.';
  const reaped = 'The shell reaps ls and shows its prompt again.';
  expect(closings("> printf 'root@glassdock:~# '; read x; cd /tmp", 'type 0', 'key Enter', '$ cd /')).toEqual([
    alone,
    alone,
  ]);
  expect(closings("> ls /; printf 'name? '; read x", 'type 0', 'key Enter', '$ cd /')).toEqual([reaped, alone]);
  expect(closings("$ PS1='% '", '$ cd /tmp', "$ PS1=''", '$ cd /')).toEqual([alone, alone, alone, alone]);
  expect(closings('$ ', '$ ')).toEqual([]);
});

test('each container that a line has changed is told of at its end, by what matters most of it', () => {
  const run = (name: string) => `docker run -d --network none --name ${name} busybox sleep 1000`;
  expect(
    closings(`$ ${run('c1')}; ${run('c2')}`, `$ docker stop -t 0 c1; docker rm -f c2 | cat; ${run('c3')}`),
  ).toEqual([
    `2 containers live on. ${prompt}`,
    `c2 is removed. c1 has ended with code 137. ${prompt} c3 lives on without it.`,
  ]);
});

test('who is created and does not run is said to be, be it that he was meant to', () => {
  expect(
    closings('$ docker create --network none --name one busybox', '$ docker run --network none --name two busybox no'),
  ).toEqual([
    `one is created, but does not run: it has no process. ${prompt}`,
    'two is created, but does not run: it has no process. ' +
      'docker ended with exit code 127: the shell reaps it and shows its prompt again.',
  ]);
});

test('who is restarted again and again is told of once, not at the end of each line that comes after', () => {
  const loop = "$ docker run -d --network none --restart always --name rs busybox sh -c 'sleep 1; exit 1'";
  const reaped = 'The shell reaps sleep and shows its prompt again.';
  expect(closings(loop, '$ sleep 2', '$ sleep 3')).toEqual([
    `${prompt} rs lives on without it.`,
    expect.stringMatching(/^rs has ended, and its restart policy .* its RestartCount is \d\. The shell reaps sleep/),
    reaped,
  ]);
});

test('while systemd waits to start a daemon again, a line that may want it says so, and how to get there', () => {
  const awaited = 'is not up, and what needs it fails or waits. systemd starts it again after a pause: let time flow.';
  expect(closing('$ kill -9 $(pidof containerd)', web)).toBe(
    'web is created, but does not run: it has no process. ' +
      'docker ended with exit code 125: the shell reaps it and shows its prompt again. ' +
      `containerd.service ${awaited}`,
  );
  expect(closing('$ kill -9 $(pidof containerd)', 'wait 10s', '$ docker ps')).toBe(prompt);
  expect(told('$ kill -9 $(pidof dockerd)', '> docker ps')).toContain(
    'Nobody answers docker yet: systemd holds the socket of dockerd, and starts dockerd again after a pause. ' +
      'Let time flow.',
  );
});

test.each([
  ['docker events', 'to be told of all that happens. The answer goes on until Ctrl-C ends docker.'],
  ['docker stats', 'how much processor time and memory web uses. The answers go on until Ctrl-C ends docker.'],
  ['docker logs -f web', 'for all that it will write. Ctrl-C ends docker, not web.'],
  ['docker attach web', 'Ctrl-C does not end docker: it is passed on to web.'],
  ['docker attach --sig-proxy=false web', 'Ctrl-C ends docker, not web.'],
  ['docker attach box', 'All keys go there, Ctrl-C too: Ctrl-P Ctrl-Q ends docker alone.'],
])('%s goes on until somebody ends it, and the last that is told says how', (line, end) => {
  const box = '$ docker run -dit --network none --name box busybox';
  expect(told(box, web, `> ${line}`).some((sentence) => sentence.endsWith(end))).toBe(true);
});

test('a docker that asks for nothing is said to, and one that asks a dockerd that stands still', () => {
  const alone = 'docker has asked dockerd for nothing. It says why in the terminal, and ended with exit code 125: ';
  expect(closing('$ docker run --nosuch busybox')).toBe(`${alone}the shell reaps it and shows its prompt again.`);
  expect(closing('$ docker start nosuch')).toMatch(/^docker ended with exit code 1/);
  expect(told('$ kill -STOP $(pidof dockerd)', '> docker ps').at(-1)).toBe(
    'docker asks dockerd, which is stopped: the answer comes only when dockerd goes on.',
  );
  expect(told('$ docker events --since 1m --until 1s').join()).not.toContain('Ctrl-C');
});

test('what runc does by hand is told without the daemons and the shim that have no part in it', () => {
  const bundle = '$ mkdir -p b/rootfs; docker export $(docker create busybox) | tar -C b/rootfs -x; cd b; runc spec';
  const sentences = told(bundle, '> runc run one', '> exit', '$ runc list');
  expect(sentences).toEqual(
    expect.arrayContaining([
      'runc run opens the fifo: the sleeper wakes and becomes sh. Same process, same pid.',
      'one writes its first line. No dockerd knows of it, and nobody keeps a log.',
      'The shell reaps runc list and shows its prompt again.',
    ]),
  );
  expect(sentences.join()).not.toContain('shim');
});

test('a shell that dies of Ctrl-C is not said to have been spared by the kernel', () => {
  const loop = "> docker run --network none --name lg busybox sh -c 'while true; do sleep 1; done'";
  expect(told(loop, 'key Ctrl-C', 'wait 3s').join()).not.toContain('discards SIGINT');
});

test('a subshell is told by what it is, not by the program that it becomes in the end', () => {
  expect(told('$ (docker ps; ls)')).toEqual(
    expect.arrayContaining(['sh forks, and its child becomes docker, a client that only asks.', 'sh reaps docker.']),
  );
});

test('what a line has started and leaves running is said at its end, whatever its last command is', () => {
  const run = 'docker run -d --network none busybox sleep 1000';
  expect(closings(`${web}; ls`, '$ ls')).toEqual([
    'web lives on. The shell reaps ls and shows its prompt again.',
    'The shell reaps ls and shows its prompt again.',
  ]);
  expect(closing(`$ for i in 1 2 3; do ${run}; done`)).toBe(`3 containers live on. ${prompt}`);
});

test('who was made and stopped in one line is told with the end of it', () => {
  expect(
    closing(
      '$ docker run -d --network none --name web busybox sh -c "trap \'exit 0\' TERM; sleep 1000 & wait"; sleep 1; docker stop web; docker ps -a',
    ),
  ).toBe(`web has ended with code 0. ${prompt}`);
});

test('of who ends with dockerd it is told who ended it', () => {
  expect(closing(web, '$ systemctl stop docker.socket docker')).toBe(
    'web has ended with code 137: dockerd, which was to end, stopped it first. ' +
      'The shell reaps systemctl and shows its prompt again.',
  );
});

test('what asks for more of a line is no prompt: the line still runs', () => {
  expect(closings('> for i in 1 2', '> do :', '> done')).toHaveLength(1);
  expect(closings("> printf 'name? '; read x", '> me', '$ cd /tmp')).toHaveLength(2);
});

test('only a docker that has asked for nothing is said to have asked for nothing', () => {
  expect(closing('$ curl -fsI --unix-socket /var/run/docker.sock http://docker/nosuch')).toMatch(
    /^curl ended with exit code 22: the shell reaps it/,
  );
});

test('a container called attach is not attached to by its name', () => {
  const sentences = told('$ docker run --network none --name attach busybox true');
  expect(sentences).toContain('docker asks to be attached to attach, so that its output comes to your terminal.');
});

test('a docker that has asked for nothing is said to, be it that it did not even look for a daemon', () => {
  const alone = (code: number) =>
    `docker has asked dockerd for nothing. It says why in the terminal, and ended with exit code ${code}: ` +
    'the shell reaps it and shows its prompt again.';
  expect(closings('$ docker ps --nosuch', '$ docker nosuch', '$ docker logs nosuch')).toEqual([
    alone(125),
    alone(1),
    'docker ended with exit code 1: the shell reaps it and shows its prompt again.',
  ]);
});

test('of a docker that has failed is told that the container lives on, and which daemon is missing', () => {
  const failed = (code: number) =>
    `docker ended with exit code ${code}: the shell reaps it and shows its prompt again.`;
  expect(closing(web, '$ docker exec web false')).toBe(`${failed(1)} web lives on.`);
  expect(closing(`${web.replace('web', 'one')}; docker exec one false`)).toBe(`${failed(1)} one lives on.`);
  expect(closing('$ systemctl stop containerd', web)).toBe(
    `web is created, but does not run: it has no process. ${failed(125)} containerd.service is not up, ` +
      'and systemd does not start it by itself: systemctl start containerd does.',
  );
  expect(closing('$ systemctl stop containerd', '$ docker ps')).toBe(prompt);
  expect(closing('$ kill -9 $(pidof containerd) $(pidof dockerd)', '$ ls')).toMatch(
    /containerd\.service and docker\.service are not up, and what needs them fails or waits\./,
  );
});

test('who has used up its restart policy is said to be given up, who is stopped before is not', () => {
  const run = (policy: string) =>
    `$ docker run -d --network none --restart ${policy} --name rs busybox sh -c 'exit 3'; sleep 3`;
  const givenUp = 'rs has ended with code 3, and its restart policy does not start it again: its RestartCount is 2.';
  expect(told(run('on-failure:2'))).toContain(
    'dockerd writes down that rs has ended with code 3. It was started again 2 times; its restart policy asks for no more.',
  );
  expect(closing(run('on-failure:2'))).toBe(`${givenUp} The shell reaps sleep and shows its prompt again.`);
  expect(closing(run('always'), '$ docker stop rs')).toBe(`rs has ended with code 3. ${prompt}`);
});

test('what dockerd takes for granted of an end, and is not so, is told with what is', () => {
  const untold = told(
    web,
    '$ systemctl stop containerd; kill -9 $(pidof sleep); systemctl start containerd',
    '$ docker kill -s TERM web; sleep 12',
  );
  expect(untold).toContain(
    'dockerd writes down that web has ended with code 0: nobody has told it that it was SIGKILL.',
  );
  const alive = told(
    web,
    '$ rm /usr/bin/containerd-shim-runc-v2; systemctl restart containerd',
    '$ docker stop -t 1 web',
  );
  expect(alive).toContainEqual(
    expect.stringMatching(
      /^dockerd writes down that web .* code 0, for want of better news: its process \d+ lives on\.$/,
    ),
  );
});

test('a shim that is told to end while its container runs is not said to have nothing left to do', () => {
  const sentences = told(web, '$ kill $(pgrep -f containerd-shim); sleep 2');
  expect(sentences).toContain(
    'The shim of web has been told to end, and does: nobody keeps the container’s output any more, or waits for its end.',
  );
  expect(sentences.at(-1)).toBe(
    'web has ended after its shim was gone: of its exit code, 137, nobody can be sure. ' +
      'The shell reaps sleep and shows its prompt again.',
  );
});
