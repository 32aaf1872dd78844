/** chroot(8): coreutils' words, and busybox's. */
import type { Program, Running } from '../../kernel/abi.ts';
import * as sys from '../../kernel/sys.ts';
import { complain, errnoWords } from '../io.ts';
import { become } from './everyday-tools.ts';
import { parseOptions, refuseOptions, type Flavour } from './options.ts';

/** `chroot [--userspec=UID:GID] [--skip-chdir] NEWROOT [COMMAND…]`; a shell where no command is given. */
export const chroot = (flavour: Flavour): Program =>
  function* chrootMain(argv, environment): Running {
    const options = parseOptions(argv.slice(1), '+u:s', { userspec: 'u', 'skip-chdir': 's' });
    if (typeof options === 'string') return yield* refuseOptions('chroot', options, flavour, 125);
    const [root, ...command] = options.operands;
    if (root === undefined) return yield* refuseOptions('chroot', 'missing operand', flavour, 125);
    const who = options.values.get('u');
    const [, uid, gid] = /^(\d+):(\d+)$/.exec(who ?? '') ?? [];
    if (who !== undefined && uid === undefined) {
      yield* complain('glassdock', `chroot --userspec=${who} is not modelled yet: UID:GID is`);
      return 125;
    }
    if (options.has('s') && root !== '/') {
      const words = "option --skip-chdir only permitted if NEWROOT is old '/'";
      return yield* refuseOptions('chroot', words, flavour, 125);
    }
    try {
      yield* sys.chroot(root);
    } catch (error) {
      const verb = flavour === 'gnu' ? 'cannot' : "can't";
      yield* complain('chroot', `${verb} change root directory to '${root}': ${errnoWords(error)}`);
      return flavour === 'gnu' ? 125 : 1;
    }
    if (!options.has('s')) yield* sys.chdir('/');
    if (uid !== undefined) {
      yield* sys.setgroups([]);
      yield* sys.setuid(Number(uid), Number(gid));
    }
    const shell = environment['SHELL'] ?? '/bin/sh';
    return yield* become('chroot', command.length > 0 ? command : [shell, '-i'], environment, flavour);
  };
