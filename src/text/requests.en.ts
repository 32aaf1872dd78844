/** What a client asks a daemon for, a sentence each. */
export const requests = {
  'client.asks': '{who} sends dockerd a request: {label}.',
  'client.asks-containerd': '{who} asks containerd, past dockerd: {label}.',
  'client.creates': 'docker asks dockerd to create a container named {container} from {image}.',
  'client.creates-unnamed': 'docker asks dockerd to create a container from {image}; it will be named {container}.',
  'client.creates-nothing': 'docker asks dockerd to create a container from {image}.',
  'client.freezes': 'docker asks dockerd to freeze {container}.',
  'client.thaws': 'docker asks dockerd to thaw {container}.',
  'client.restarts': 'docker asks dockerd to restart {container}: to stop it, then to start it.',
  'client.renames': 'docker asks dockerd to rename {container} to {name}.',
  'client.updates': 'docker asks dockerd to change what {container} may use, or when it is restarted.',
  'client.commits': 'docker asks dockerd to make an image of the files of {container} as they are now.',
  'client.lists-on':
    'docker asks dockerd which containers there are, to show what each of them uses, on and on. Ctrl-C ends docker.',
  'client.lists-images': 'docker asks dockerd which images it has.',
  'client.lists': 'docker asks dockerd which containers there are. dockerd says what it knows; it asks no container.',
  'client.lists-processes': 'docker asks dockerd which processes run in {container}.',
  'client.inspects': 'docker asks dockerd for all that it knows of {container}.',
  'client.measures': 'docker asks dockerd how much processor time and memory {container} uses.',
  'client.measures-on':
    'docker asks dockerd how much processor time and memory {container} uses. The answers go on until Ctrl-C ends docker.',
  'client.compares': 'docker asks dockerd which files of {container} are no longer as in its image.',
  'client.exports': 'docker asks dockerd for all files of {container}, in one archive.',
  'client.copies-out': 'docker asks dockerd for files of {container}. No process of the container takes part.',
  'client.copies-in': 'docker sends dockerd files for {container}. No process of the container takes part.',
  'client.follows':
    'docker asks dockerd to be told of all that happens. The answer goes on for as long as docker runs.',
  'client.follows-on':
    'docker asks dockerd to be told of all that happens. The answer goes on until Ctrl-C ends docker.',
  'client.passes-on':
    'What you type goes through docker to dockerd, through a fifo to the shim of {container}, and from there inside.',
  'client.starts': 'docker asks dockerd to start {container}.',
  'client.stops': 'docker asks dockerd to stop {container}.',
  'client.kills': 'docker asks dockerd to send {container} {signal}.',
  'client.removes': 'docker asks dockerd to remove {container}.',
  'client.executes': 'docker asks dockerd to prepare one more process in {container}.',
  'client.runs-exec': 'docker asks dockerd to start that process.',
  'client.attaches': 'docker asks to be attached to {container}, so that its output comes to your terminal.',
  'client.attaches-proxied':
    'docker asks to be attached to {container}, so that its output comes to your terminal. Ctrl-C does not end docker: it is passed on to {container}.',
  'client.attaches-apart':
    'docker asks to be attached to {container}, so that its output comes to your terminal. Ctrl-C ends docker, not {container}.',
  'client.attaches-terminal':
    'docker asks to be attached to the terminal of {container}. All keys go there, Ctrl-C too: Ctrl-P Ctrl-Q ends docker alone.',
  'client.follows-log':
    'docker asks dockerd for what {container} has written, and for all that it will write. Ctrl-C ends docker, not {container}.',
  'client.reads-log': 'docker asks dockerd for what {container} has written.',
  'client.waits': 'docker asks to be told when {container} ends; the answer comes only then.',
  'client.waits-for-dockerd':
    'Nobody answers docker yet: systemd holds the socket of dockerd, and starts dockerd again after a pause. Let time flow.',
  'client.waits-for-stopped': '{who} asks dockerd, which is stopped: the answer comes only when dockerd goes on.',
  'client.removes-image': 'docker asks dockerd to remove the image {image}.',
  'client.pulls': 'The image is not here: docker asks dockerd to pull it.',
  'client.pulls-asked': 'docker asks dockerd to pull {image}.',
} as const;
