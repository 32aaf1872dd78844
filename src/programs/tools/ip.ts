/**
 * ip(8): address, link and route, as iproute2 and busybox print them; and the changes that devices can undergo here.
 */
import { O, type NetworkLink, type Program, type Running } from '../../kernel/abi.ts';
import { isErrno, strerror } from '../../kernel/errno.ts';
import * as sys from '../../kernel/sys.ts';
import { print } from '../io.ts';
import { busyboxIpUsage, describeLink, flagsOf, fullName, inNetwork, lineOf, networkOf, stateOf } from './ip-text.ts';
import { ipNetns } from './ip-netns.ts';
import type { Flavour } from './options.ts';

interface Request {
  readonly brief: boolean;
  readonly oneLine: boolean;
  readonly family: 'all' | '4' | '6';
}

const objects = ['address', 'link', 'route'] as const;

export const ip = (flavour: Flavour): Program =>
  function* ipMain(argv, environment): Running {
    const words = argv.slice(1);
    const options = words.filter(
      (word, index) => word.startsWith('-') && words.slice(0, index).every((before) => before.startsWith('-')),
    );
    const [name = '', ...rest] = words.slice(options.length);
    const isBrief = options.some((word) => /^-br(ief)?$/.test(word));
    if ((flavour === 'busybox' && isBrief) || name === '') {
      yield* print(
        flavour === 'busybox'
          ? busyboxIpUsage
          : 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\nwhere  OBJECT := { address | link | netns | route }\n',
        2,
      );
      return flavour === 'busybox' ? 1 : 255;
    }
    if (flavour === 'gnu' && name.length > 1 && 'netns'.startsWith(name)) return yield* ipNetns(rest, environment);
    const object = objects.find((each) => each.startsWith(name));
    if (object === undefined) {
      yield* print(flavour === 'busybox' ? busyboxIpUsage : `Object "${name}" is unknown, try "ip help".\n`, 2);
      return 1;
    }
    const has = (...forms: readonly string[]): boolean => options.some((word) => forms.includes(word));
    const request: Request = {
      brief: isBrief,
      oneLine: has('-o', '-oneline'),
      family: has('-4') ? '4' : has('-6') ? '6' : 'all',
    };
    const [verb = 'show', ...operands] = rest;
    if (['show', 'list', 'ls', 'sh', 'l', 's'].includes(verb)) return yield* show(object, operands, request, flavour);
    return yield* change(object, verb, operands);
  };

function* show(
  object: (typeof objects)[number],
  operands: readonly string[],
  request: Request,
  flavour: Flavour,
): Running<number> {
  const links = yield* sys.netlink({ op: 'list' });
  if (object === 'route') {
    yield* print(routes(links, flavour, request));
    return 0;
  }
  const wanted = operands
    .filter((word) => word !== 'dev' && word !== 'up' && word !== 'type' && word !== 'master')
    .at(0);
  if (wanted !== undefined && !links.some(({ name }) => name === wanted)) {
    yield* print(flavour === 'gnu' ? `Device "${wanted}" does not exist.\n` : `ip: can't find device '${wanted}'\n`, 2);
    return 1;
  }
  const chosen = links.filter(
    ({ name, up }) => (wanted === undefined || name === wanted) && (!operands.includes('up') || up),
  );
  for (const link of chosen) yield* print(textOf(object, link, links, request, flavour));
  return 0;
}

function textOf(
  object: 'address' | 'link',
  link: NetworkLink,
  links: readonly NetworkLink[],
  request: Request,
  flavour: Flavour,
): string {
  const name = fullName(link, links);
  const addresses = link.addresses.filter(
    (cidr) => request.family === 'all' || cidr.includes(':') === (request.family === '6'),
  );
  if (request.brief) {
    const start = `${name.padEnd(16)} ${stateOf(link, links).padEnd(14)} `;
    return object === 'link'
      ? `${start}${link.mac} <${flagsOf(link, links).join(',')}> \n`
      : `${start}${addresses.map((cidr) => `${cidr} `).join('')}\n`;
  }
  const separator = request.oneLine ? '\\' : '\n';
  const life = `${separator}       valid_lft forever preferred_lft forever\n`;
  if (object === 'address' && request.oneLine) {
    return addresses.map((cidr) => `${link.index}: ${link.name}    ${lineOf(cidr, link)}${life}`).join('');
  }
  const head = describeLink(link, links, object, flavour).join(separator);
  return `${head}\n${object === 'address' ? addresses.map((cidr) => `    ${lineOf(cidr, link)}${life}`).join('') : ''}`;
}

/** What was set, then what an address brings by itself: the network on the link. */
function routes(links: readonly NetworkLink[], flavour: Flavour, { family }: Request): string {
  if (family === '6') return '';
  const lines: string[] = [];
  const set = links
    .flatMap((link) => link.routes.map((route) => ({ link, route })))
    .toSorted((a, b) => Number(b.route.to === 'default') - Number(a.route.to === 'default'));
  for (const { link, route } of set)
    lines.push(`${route.to}${route.via === '' ? '' : ` via ${route.via}`} dev ${link.name} `);
  for (const link of links) {
    if (link.kind === 'loopback' || !link.up) continue;
    for (const cidr of link.addresses) {
      if (cidr.includes(':')) continue;
      const down = flagsOf(link, links).includes('NO-CARRIER') ? 'linkdown ' : '';
      const scope = flavour === 'gnu' ? 'proto kernel scope link' : 'scope link ';
      lines.push(`${networkOf(cidr)} dev ${link.name} ${scope} src ${cidr.split('/')[0]} ${down}`);
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** `add`, `del`, `set`: what the network layer can do. An error is the kernel's, as RTNETLINK answers it. */
function* change(object: (typeof objects)[number], verb: string, operands: readonly string[]): Running<number> {
  const after = (word: string): string | undefined =>
    operands.includes(word) ? operands[operands.indexOf(word) + 1] : undefined;
  const first = operands[0] === 'dev' || operands[0] === 'name' ? (operands[1] ?? '') : (operands[0] ?? '');
  try {
    const done = yield* object === 'link'
      ? changeLink(verb, first, operands, after)
      : changeAddressOrRoute(object, verb, operands, after);
    if (done) return 0;
    yield* print(`glassdock: ip ${object} ${verb} ${operands.join(' ')} is not modelled yet\n`, 2);
    return 255;
  } catch (error) {
    if (!isErrno(error)) throw error;
    yield* print(
      error.errno === 'ENODEV'
        ? `Cannot find device "${after('dev') ?? first}"\n`
        : `RTNETLINK answers: ${strerror(error.errno)}\n`,
      2,
    );
    return error.errno === 'ENODEV' ? 1 : 2;
  }
}

function* changeLink(
  verb: string,
  name: string,
  operands: readonly string[],
  after: (word: string) => string | undefined,
): Running<boolean> {
  const type = after('type');
  if (verb === 'add' && type === 'bridge') {
    yield* sys.netlink({ op: 'add', kind: 'bridge', name });
    return true;
  }
  if (verb === 'add' && type === 'veth') {
    const peer = operands[operands.indexOf('peer') + (after('peer') === 'name' ? 2 : 1)];
    yield* sys.netlink({
      op: 'add',
      kind: 'veth',
      name,
      ...(operands.includes('peer') && peer !== undefined ? { peer } : {}),
    });
    return true;
  }
  if (verb === 'del' || verb === 'delete') {
    yield* sys.netlink({ op: 'remove', name });
    return true;
  }
  if (verb !== 'set') return false;
  let done = false;
  const [master, netns, to] = [
    after('master'),
    after('netns'),
    operands.lastIndexOf('name') > 0 ? after('name') : undefined,
  ];
  if (master !== undefined || operands.includes('nomaster')) {
    yield* sys.netlink({ op: 'master', name, master: master ?? '' });
    done = true;
  }
  if (netns !== undefined) {
    const namespaceFd = yield* sys.open(
      /^\d+$/.test(netns) ? `/proc/${netns}/ns/net` : `/run/netns/${netns}`,
      O.RDONLY | O.CLOEXEC,
    );
    yield* sys.netlink({ op: 'move', name, namespaceFd });
    yield* sys.close(namespaceFd);
    done = true;
  }
  if (to !== undefined) {
    yield* sys.netlink({ op: 'rename', name, to });
    done = true;
  }
  if (operands.includes('up')) {
    yield* sys.netlink({ op: 'up', name: to ?? name });
    done = true;
  }
  return done;
}

function* changeAddressOrRoute(
  object: 'address' | 'route',
  verb: string,
  operands: readonly string[],
  after: (word: string) => string | undefined,
): Running<boolean> {
  const [to] = operands;
  if (verb !== 'add' || to === undefined) return false;
  const device = after('dev');
  if (object === 'address') {
    if (device === undefined) return false;
    yield* sys.netlink({ op: 'address', name: device, cidr: to.includes('/') ? to : `${to}/32` });
    return true;
  }
  const via = after('via') ?? '';
  const links = yield* sys.netlink({ op: 'list' });
  const name = device ?? links.find(({ addresses }) => addresses.some((cidr) => inNetwork(via, cidr)))?.name;
  if (name === undefined) {
    yield* print('Error: Nexthop has invalid gateway.\n', 2);
    return true;
  }
  yield* sys.netlink({ op: 'route', name, to, via });
  return true;
}
