# SPDX-License-Identifier: MIT
"""What xdotool can't do to a window: to drop files on it (XDND, version 5), to close it as a window
manager does (WM_DELETE_WINDOW), and to hear what it asks of one where there is none. Speaks to the X
server through its C library."""
import ctypes as c
import time
from urllib.parse import quote

CLIENT_MESSAGE, SELECTION_REQUEST, SELECTION_NOTIFY = 33, 30, 31
REPLACE, SUBSTRUCTURE = 0, 1 << 19
HEAD = [('type', c.c_int), ('serial', c.c_ulong), ('send_event', c.c_int), ('display', c.c_void_p)]


class ClientMessage(c.Structure):
    _fields_ = [*HEAD, ('window', c.c_ulong), ('message', c.c_ulong), ('format', c.c_int),
                ('data', c.c_long * 5)]


class SelectionRequest(c.Structure):
    _fields_ = [*HEAD, *((name, c.c_ulong) for name in
                         ('owner', 'requestor', 'selection', 'target', 'property', 'time'))]


class SelectionNotify(c.Structure):
    _fields_ = [*HEAD, *((name, c.c_ulong) for name in
                         ('requestor', 'selection', 'target', 'property', 'time'))]


class Event(c.Union):
    _fields_ = [('type', c.c_int), ('message', ClientMessage), ('request', SelectionRequest),
                ('notify', SelectionNotify), ('pad', c.c_long * 24)]


class Client:
    def __init__(self, display):
        self.x = c.CDLL('libX11.so.6')
        self.x.XOpenDisplay.restype = c.c_void_p
        for name in ('XDefaultRootWindow', 'XCreateSimpleWindow', 'XInternAtom'):
            getattr(self.x, name).restype = c.c_ulong
        self.display = c.c_void_p(self.x.XOpenDisplay(display.encode()))
        assert self.display, f'no X server at {display}'
        root = c.c_ulong(self.x.XDefaultRootWindow(self.display))
        self.x.XSelectInput(self.display, root, c.c_long(SUBSTRUCTURE))
        self.own = c.c_ulong(self.x.XCreateSimpleWindow(self.display, root, 0, 0, 1, 1, 0,
                                                        c.c_ulong(0), c.c_ulong(0)))
        self.x.XSync(self.display, 0)

    def atom(self, name):
        return self.x.XInternAtom(self.display, name.encode(), 0)

    def send(self, window, message, *data):
        event = Event()
        event.message = ClientMessage(type=CLIENT_MESSAGE, window=window, format=32,
                                      message=self.atom(message), data=(c.c_long * 5)(*data))
        self.x.XSendEvent(self.display, c.c_ulong(window), 0, c.c_long(0), c.byref(event))
        self.x.XFlush(self.display)

    def wait_fullscreen(self):
        """Whether the next such wish of a window is to be full screen, or no more."""
        while True:
            message = self.wait_message('_NET_WM_STATE')
            if message.data[1] == self.atom('_NET_WM_STATE_FULLSCREEN'):
                return message.data[0] == 1

    def close(self, window):
        self.send(window, 'WM_PROTOCOLS', self.atom('WM_DELETE_WINDOW'), 0)

    def answer(self, request, data):
        """Gives the dropped data to who asks for it."""
        self.x.XChangeProperty(self.display, c.c_ulong(request.requestor),
                               c.c_ulong(request.property), c.c_ulong(request.target), 8, REPLACE,
                               data, len(data))
        event = Event()
        event.notify = SelectionNotify(type=SELECTION_NOTIFY, requestor=request.requestor,
                                       selection=request.selection, target=request.target,
                                       property=request.property, time=request.time)
        self.x.XSendEvent(self.display, c.c_ulong(request.requestor), 0, c.c_long(0), c.byref(event))
        self.x.XFlush(self.display)

    def wait_message(self, name, data=b'', seconds=20):
        """The answer of that name; requests for the data are served meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while self.x.XPending(self.display):
                event = Event()
                self.x.XNextEvent(self.display, c.byref(event))
                if event.type == SELECTION_REQUEST:
                    self.answer(event.request, data)
                elif event.type == CLIENT_MESSAGE and event.message.message == self.atom(name):
                    return event.message
            time.sleep(.01)
        raise AssertionError(f'no {name} from the window')

    def drop(self, window, path, x, y):
        """Drops a file or folder at a place of the screen."""
        data = f'file://{quote(path)}\r\n'.encode()
        own, uris = self.own.value, self.atom('text/uri-list')
        self.x.XSetSelectionOwner(self.display, c.c_ulong(self.atom('XdndSelection')), self.own,
                                  c.c_ulong(0))
        self.send(window, 'XdndEnter', own, 5 << 24, uris)
        self.send(window, 'XdndPosition', own, 0, x << 16 | y, 0, self.atom('XdndActionCopy'))
        status = self.wait_message('XdndStatus')
        assert status.data[1] & 1, 'the window takes no drop'
        self.send(window, 'XdndDrop', own, 0, 0)
        self.wait_message('XdndFinished', data)
