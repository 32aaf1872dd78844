/** cp, mv, ln and ls, as coreutils 9 and busybox 1.35 did it. */
import { expect, test } from 'vitest';
import { stage } from '../programs.fixture.ts';

const other = 'mkdir /shm; mount -t tmpfs shm /shm;';

test('mv to another file system makes a fifo and a device anew, with their modes and over a file', () => {
  const { out, err } = stage().sh(
    `${other} mkfifo /shm/f; chmod 640 /shm/f; echo x >/tmp/f; mknod /shm/n c 1 3; mv /shm/f /shm/n /tmp; ` +
      `stat -c '%F %a' /tmp/f /tmp/n; ls -l /tmp/n | grep -c ' 1, 3 '; echo lost >/tmp/n; cat /tmp/n; ls /shm`,
  );
  expect({ out, err }).toEqual({ out: 'fifo 640\ncharacter special file 644\n1\n', err: '' });
});

test('cp -r makes a fifo anew, cp without it reads the fifo', () => {
  const { out, err } = stage().sh(
    `mkdir /tmp/d; mkfifo /tmp/d/f; cp -r /tmp/d /tmp/e; cp -r /tmp/d/f /tmp/e; stat -c %F /tmp/e/f; ` +
      `echo through >/tmp/d/f & cp /tmp/d/f /tmp/g; cat /tmp/g`,
  );
  expect({ out, err }).toEqual({ out: 'fifo\nthrough\n', err: '' });
});

const trees = 'cd /tmp; mkdir -p m1 m2/m1/x a/b c/a/q; touch t f m2/t; mkdir m2/f;';

test.each([
  ['cp nosuch x', "cp: cannot stat 'nosuch': No such file or directory\n"],
  ['cp t /nosuch/y', "cp: cannot create regular file '/nosuch/y': No such file or directory\n"],
  ['cp t f /nosuch', "cp: target '/nosuch': No such file or directory\n"],
  ['cp t f f', "cp: target 'f': Not a directory\n"],
  ['cp t t', "cp: 't' and 't' are the same file\n"],
  ['cp a x', "cp: -r not specified; omitting directory 'a'\n"],
  ['cp -r a a/b', "cp: cannot copy a directory, 'a', into itself, 'a/b/a'\n"],
  ['cp -r m1 t', "cp: cannot overwrite non-directory 't' with directory 'm1'\n"],
  ['cp f m2', "cp: cannot overwrite directory 'm2/f' with non-directory\n"],
  ['mv nosuch x', "mv: cannot stat 'nosuch': No such file or directory\n"],
  ['mv t /nosuch/y', "mv: cannot move 't' to '/nosuch/y': No such file or directory\n"],
  ['mv t nosuch/', "mv: cannot move 't' to 'nosuch/': Not a directory\n"],
  ['mv a a/b', "mv: cannot move 'a' to a subdirectory of itself, 'a/b/a'\n"],
  ['mv m1 m2', "mv: cannot move 'm1' to 'm2/m1': Directory not empty\n"],
  ['mv f m2', "mv: cannot overwrite directory 'm2/f' with non-directory\n"],
  ['mv t /proc/x', "mv: cannot create regular file '/proc/x': No such file or directory\n"],
  ['mv t', "mv: missing destination file operand after 't'\nTry 'mv --help' for more information.\n"],
  ['mv -t nosuch t', "mv: target directory 'nosuch': No such file or directory\n"],
  ['ln nosuch x', "ln: failed to access 'nosuch': No such file or directory\n"],
  ['busybox cp t /nosuch/y', "cp: can't create '/nosuch/y': No such file or directory\n"],
  ['busybox cp -r a a/b', "cp: recursion detected, omitting directory 'a/b/a'\n"],
  ['busybox mv nosuch x', "mv: can't rename 'nosuch': No such file or directory\n"],
  ['busybox mv m1 m2', "mv: can't rename 'm1': Directory not empty\n"],
  ['busybox mv t /nosuch/y', "mv: can't rename 't': No such file or directory\n"],
])('%s', (command, words) => {
  const { out, err } = stage().sh(`${trees} ${command}; echo $?`);
  expect({ out, err }).toEqual({ out: '1\n', err: words });
});

test('with -v each is told, with -n what is there stays, with -t the directory comes first', () => {
  const { out } = stage().sh(
    `${trees} echo new >t; cp -n t f; cat f; cp -rv a m1; mv -v t c; mv -t m1 f; ls m1; busybox cp -rv m1/a /tmp/z`,
  );
  expect(out).toBe(
    "'a' -> 'm1/a'\n'a/b' -> 'm1/a/b'\nrenamed 't' -> 'c/t'\na\nf\n'm1/a/b' -> '/tmp/z/b'\n'm1/a' -> '/tmp/z'\n",
  );
});

test('ls shows the files that it is given before the directories, each in order', () => {
  const { out } = stage().sh(
    'mkdir -p /tmp/d1 /tmp/d0; cd /tmp; : > b; : > a; : > d1/x; : > d0/y; ls d1 b a d0; echo; ls -r d1 b a d0',
  );
  expect(out).toBe('a\nb\n\nd0:\ny\n\nd1:\nx\n\nb\na\n\nd1:\nx\n\nd0:\ny\n');
});

test('ls -l pads the numbers of devices as far as the widest need it', () => {
  const { out } = stage().sh(
    "mkdir /tmp/d; cd /tmp/d; mknod a c 1 3; mknod b c 10 235; echo x > c; ls -l a c | sed 's/ [A-Z].*//'; " +
      "ls -l | sed 's/ [A-Z].*//'; ls -s c",
  );
  expect(out).toBe(
    'crw-r--r-- 1 root root 1, 3\n-rw-r--r-- 1 root root    2\ntotal 4\ncrw-r--r-- 1 root root  1,   3\n' +
      'crw-r--r-- 1 root root 10, 235\n-rw-r--r-- 1 root root       2\n4 c\n',
  );
});

const trees1000 =
  'cd /tmp; mkdir -p t/p t/q t/r; echo x | tee t/p/x t/q/y t/r/z >/tmp/z; ln -s /nosuch t/l; cp t/p/x t/z; ' +
  'chown -R 1000 t; chmod 777 /tmp; chown 0 t/q t/z; chmod 700 t/q; mkdir /shm; mount -t tmpfs shm /shm; ' +
  'chmod 777 /shm; unshare -S 1000 ';
const perm = 'Operation not permitted\n';
const denied = 'Permission denied\n';

test.each([
  ['cp -r t o; ls o/p o/q o/r', 'o/p:\nx\n\no/q:\n\no/r:\nz\n', `cp: cannot access 't/q': ${denied}`],
  ['busybox cp -r t o; ls o/p o/r', 'o/p:\nx\n\no/r:\nz\n', ''],
  ['mv t /shm/t; ls t /shm/t/r', '/shm/t/r:\nz\n\nt:\nl\np\nq\nr\nz\n', `mv: cannot access 't/q': ${denied}`],
  [
    'chmod -R 755 t; echo $?',
    '1\n',
    `chmod: changing permissions of 't/q': ${perm}chmod: cannot read directory 't/q': ${denied}` +
      `chmod: changing permissions of 't/z': ${perm}`,
  ],
  [
    'chown -R 1000 t; echo $?',
    '1\n',
    `chown: cannot read directory 't/q': ${denied}chown: changing ownership of 't/z': ${perm}`,
  ],
  [
    'chmod 755 t/z t/nope t/l t/p; echo $?',
    '1\n',
    `chmod: changing permissions of 't/z': ${perm}chmod: cannot access 't/nope': No such file or directory\n` +
      "chmod: cannot operate on dangling symlink 't/l'\n",
  ],
  [
    'chown 0 t/p t/nope t/l t/q/y; echo $?',
    '1\n',
    `chown: changing ownership of 't/p': ${perm}chown: cannot access 't/nope': No such file or directory\n` +
      `chown: cannot dereference 't/l': No such file or directory\nchown: cannot access 't/q/y': ${denied}`,
  ],
  ['busybox chmod -R 755 t; echo $?', '1\n', `chmod: t/q: ${perm}chmod: t/q: ${perm}chmod: t/z: ${perm}`],
  ['busybox chown -R 1000 t; echo $?', '1\n', `chown: t/q: ${denied}chown: t/z: ${perm}`],
  ['busybox chmod 755 t/q t/nope; echo $?', '1\n', `chmod: t/q: ${perm}chmod: t/nope: No such file or directory\n`],
  ['grep -r x t; echo $?', 't/p/x:x\nt/r/z:x\nt/z:x\n2\n', `grep: t/q: ${denied}`],
  ['grep -rs a t/q; echo $?', '2\n', ''],
  ['busybox grep -r a t; echo $?', '1\n', `grep: t/l: No such file or directory\ngrep: t/q: ${denied}`],
  ['grep x t/p; echo $?; busybox grep x t/p; echo $?', '2\n1\n', 'grep: t/p: Is a directory\n'],
])('as somebody else: %s', (command, stdout, stderr) => {
  const { out, err } = stage().sh(`${trees1000}${command}`);
  expect({ out, err }).toEqual({ out: stdout, err: stderr });
});

test('chmod -R opens a directory before it looks inside, chown -R gives it away afterwards', () => {
  const { out, err } = stage().sh(
    'cd /tmp; mkdir -p t/q; echo x >t/q/y; chown -R 1000 t; chmod 0 t/q; unshare -S 1000 chmod -R 700 t; ' +
      'stat -c %a t/q t/q/y; chown 0 t/q; unshare -S 1000 chown -R 1000 t; unshare -S 1000 busybox chown -R 1000 t',
  );
  expect({ out, err }).toEqual({
    out: '700\n700\n',
    err: `chown: cannot read directory 't/q': ${denied}chown: t/q: ${denied}`,
  });
});

test('rm takes the option that it names, busybox’s knows neither', () => {
  const { out, err } = stage().sh(
    'cd /tmp; mkdir -p u/v; rm -rf --no-preserve-root u; ls -d u; busybox rm --no-preserve-root x 2>&1 | head -1; ' +
      'rm -r --preserve-root /',
  );
  expect({ out, err }).toEqual({
    out: "rm: unrecognized option '--no-preserve-root'\n",
    err:
      "ls: cannot access 'u': No such file or directory\nrm: it is dangerous to operate recursively on '/'\n" +
      'rm: use --no-preserve-root to override this failsafe\n',
  });
});
