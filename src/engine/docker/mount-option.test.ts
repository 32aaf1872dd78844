/** What the client of Docker 26.1.5 makes of `--mount`. */
import { expect, test } from 'vitest';
import { readMount } from './mount-option.ts';

const tmpfs = { Type: 'tmpfs', Target: '/x' };

test.each([
  ['type=tmpfs,"target=/x"', tmpfs],
  ['\ntype=tmpfs,target=/x\nfoo', tmpfs],
  ['TYPE=tmpfs,Target=/x,ro=T', { ...tmpfs, ReadOnly: true }],
  ['type=tmpfs,dst=/x,tmpfs-size=1.5m,tmpfs-mode=700', { ...tmpfs, TmpfsOptions: { SizeBytes: 1572864, Mode: 448 } }],
  ['type=bind,"src=/tmp/a,b",target=/x', { Type: 'bind', Source: '/tmp/a,b', Target: '/x' }],
  ['type=bind,src=./tmp,target=/x', { Type: 'bind', Source: '/root/tmp', Target: '/x' }],
  [
    'type=bind,src=/a,target=/x,bind-propagation=SHARED,bind-nonrecursive',
    { Type: 'bind', Source: '/a', Target: '/x', BindOptions: { Propagation: 'shared', NonRecursive: true } },
  ],
  [
    'target=/x,volume-label=b,volume-label=a=c,volume-nocopy=false',
    { Type: 'volume', Target: '/x', VolumeOptions: { Labels: { a: 'c', b: '' }, DriverConfig: {} } },
  ],
])('%s', (text, mount) => {
  expect(readMount(text, '/root')).toEqual(mount);
});

test.each([
  ['target="/x"', 'parse error on line 1, column 8: bare " in non-quoted-field'],
  ['"target=/x', 'parse error on line 1, column 11: extraneous or missing " in quoted-field'],
  ['x,"a"b,c', 'parse error on line 1, column 5: extraneous or missing " in quoted-field'],
  ['', 'EOF'],
  ['type=tmpfs,"tar""get=/x"', `unexpected key 'tar"get' in 'tar"get=/x'`],
  ['bar=1,foo', "unexpected key 'bar' in 'bar=1'"],
  ['type=tmpfs,target=/x,', "invalid field '' must be a key=value pair"],
  ['target=', 'target is required'],
  ['type=,target=/x', 'type is required'],
  ['type=tmpfs,target=/x,RO=foo', 'invalid value for ro: foo'],
  ['type=tmpfs,target=/x,volume-nocopy', "cannot mix 'volume-*' options with mount type 'tmpfs'"],
  [
    'type=bind,src=/a,target=/x,bind-recursive=readonly',
    "option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction",
  ],
])('%s is refused', (text, error) => {
  expect(readMount(text, '/root')).toEqual({ error });
});
