// SPDX-License-Identifier: MIT
// Cameras behind one contract: wait, acquire, decode. Three backends: V4L2 (through libv4l2),
// replay (recorded pictures), demo (a drawn head, so that all can be tried without a camera).
//
// A camera is opened, used and closed by one thread (the feed's). cap_list() and cap_spec_check()
// may be called from any thread.
#ifndef VISAVIS_CAPTURE_CAMERA_H
#define VISAVIS_CAPTURE_CAMERA_H

#include "core/image/image.h"

#include <stdbool.h>
#include <stdint.h>

// Positive results of cap_acquire().
enum cap_result {
    CAP_READY = 0,
    CAP_NONE = 1, // nothing within the deadline
    CAP_SKIP = 2, // a frame came but is damaged: go on with the next
};

#define CAP_SPEC_MAX 512 // bytes, with the NUL

struct cap_info {
    // What to open it by again, after a new start of the machine too. For demo and replay the very
    // spec it was opened by ("demo" stays "demo", "demo:3" "demo:3"); for a device what cap_list()
    // calls it, or a link below /dev/v4l as it was given; for "" that of what was chosen.
    char spec[CAP_SPEC_MAX];
    char name[128];  // for people: "Integrated Camera"
    char format[32]; // "MJPG", "YUYV", "pictures", "drawn"
    int w, h;        // pixels, as read back from the driver
    double fps;      // frames a second, as read back; 0 = as fast as taken, or unknown
    bool lockstep;   // wait until every reader has taken a frame before making the next
};

struct cap_camera;

// spec: "" (the first camera there is, else "demo"), "/dev/videoN", any path to a device node
// (by-id links too), a bare number N, "replay:PATH[@FPS]", "demo[:IDENTITY][@FPS]".
//   replay PATH: a folder of pictures (any depth, in byte order of their names) or a file of
//     concatenated JPEGs (MJPEG); over and over. Without @FPS: as fast as frames are taken
//     (lockstep). "@FPS" is only what stands behind the last '@' and is a number; a path that ends
//     like that is meant with a '/' or '@0' behind it.
//   demo: IDENTITY 0..23 chooses the drawn person; default 0, 25 fps.
//   FPS: 0..1000, such as 25 or 29.97; 0 is lockstep. A paced camera that is late slows down: it
//     leaves no frame out and catches up with none.
// Errors: ERR_USAGE (a spec that isn't one), ERR_CAMERA (absent, busy, forbidden, no camera, no
// picture in the folder: cause and remedy in one line), ERR_MEMORY. On failure *out is NULL.
int cap_open(struct cap_camera **out, const char *spec, struct err *err);

// Stops streaming and closes the device (its light goes out). NULL is fine.
void cap_close(struct cap_camera *camera);

// What was opened. Belongs to the camera; constant while it is open, but for w and h, which are
// those of the last frame.
const struct cap_info *cap_info(const struct cap_camera *camera);

// Waits at most timeout_ms for the next frame, decodes it into `out` (as img_reserve()) and says
// when it was captured. Paced backends sleep until the frame's time. Returns enum cap_result, or
// ERR_CAMERA (the device is gone or has failed: close it), ERR_MEMORY.
// `wake_fd` (may be -1): the wait also ends, with CAP_NONE, when this descriptor becomes readable.
int cap_acquire(struct cap_camera *camera, int timeout_ms, int wake_fd, struct img *out,
                int64_t *capture_ns, struct err *err);

// The V4L2 capture devices there are, metadata and output nodes left out, colour cameras before
// infrared ones; at most `max` entries filled in (spec: the by-id link, or the by-path link where
// there is none or several cameras share its name, else the node; name; w, h, fps 0). Returns how
// many. Opens each device for a moment, without streaming.
int cap_list(struct cap_info *list, int max);

// Begins the stream anew on the open device, after cap_acquire() failed or brought nothing for
// long: that cures most faults of drivers without giving the device up. Returns 0, or ERR_CAMERA:
// it can't be (the device is gone; a backend without a stream): close the camera.
int cap_restart(struct cap_camera *camera, struct err *err);

// What can be set on a camera, as far as it has it.
enum cap_control_id {
    CAP_EXPOSURE_AUTO, // 1: the camera chooses the time of exposure, 0: CAP_EXPOSURE says it
    CAP_EXPOSURE,      // the time, mostly in units of 0.1 ms
    CAP_GAIN_AUTO,     // 1: the camera chooses the gain, 0: CAP_GAIN says it
    CAP_GAIN,          // in the camera's own units
    CAP_POWER_LINE,    // enum cap_power_line: against lamps that flicker
    CAP_CONTROLS,
};

enum cap_power_line {
    CAP_POWER_LINE_OFF, // nothing is done against it
    CAP_POWER_LINE_50_HZ,
    CAP_POWER_LINE_60_HZ,
    CAP_POWER_LINE_AUTO, // the camera finds out
};

struct cap_control {
    bool there;       // else nothing below has a meaning
    bool held;        // can't be set now: CAP_EXPOSURE while exposure is automatic, and so on
    int min, max;     // of `value`
    int step;         // of it, at least 1
    int preset;       // what the camera has by itself
    int value;        // as read back from the driver
    unsigned choices; // bit v: the value v can be chosen; 0: every step can
};

// Fills in list[]; for backends without controls none is there. Asks the device, which may take
// some milliseconds. By the thread that owns the camera, as the next one.
void cap_controls(const struct cap_camera *camera, struct cap_control list[CAP_CONTROLS]);

// Sets one; `value` is moved into its range. What became of it, and of those that it leads, is what
// cap_controls() then says. Errors: ERR_CAMERA (the camera doesn't have it, or its driver refuses).
int cap_set_control(struct cap_camera *camera, enum cap_control_id id, int value, struct err *err);

// A number that changes when a camera comes or goes, or who may use it; cheap, opens nothing. Any
// thread.
uint64_t cap_list_stamp(void);

// 0, or ERR_USAGE with the reason, without opening anything.
int cap_spec_check(const char *spec, struct err *err);

// The demo picture itself, for tests and training material: identity `who` at time t_s, 640x480.
// Light, pose and expression follow from t_s alone. Errors: ERR_MEMORY.
int cap_demo_draw(struct img *out, int who, double t_s, struct err *err);
#define CAP_DEMO_PEOPLE 24 // identities 0..23

#endif
