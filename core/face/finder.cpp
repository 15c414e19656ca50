// SPDX-License-Identifier: MIT
#include "core/face/finder.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#include <dlib/image_processing/frontal_face_detector.h>

// Unpacking it takes half a second of a processor: once, and copied for each finder.
static const dlib::frontal_face_detector &unpacked()
{
    static const dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
    return detector;
}

struct face_finder {
    dlib::frontal_face_detector detector = unpacked();
    dlib::array2d<unsigned char> picture;
    std::vector<dlib::rect_detection> found;
};

// No exception of C++ may reach C: whatever goes wrong in there is taken as a lack of memory, as
// nothing else can be the caller's doing.
template <typename F> static int guarded(struct err *err, F work)
{
    try {
        return work();
    } catch (...) {
        return err_memory(err, "face finder");
    }
}

extern "C" int face_finder_create(struct face_finder **out, struct err *err)
{
    *out = nullptr;
    return guarded(err, [&] {
        *out = new face_finder;
        return 0;
    });
}

extern "C" void face_finder_destroy(struct face_finder *finder)
{
    delete finder;
}

// The detector's views: from the front, towards the picture's left and right, from the front with
// the head tilted to either side.
static enum face_turn turn_of(unsigned long view)
{
    return view == 1 ? FACE_TO_RIGHT : view == 2 ? FACE_TO_LEFT : FACE_STRAIGHT;
}

static struct face_box box_of(const dlib::rect_detection &d)
{
    const dlib::rectangle &r = d.rect;
    return {static_cast<float>(r.left() + r.right() + 1) / 2,
            static_cast<float>(r.top() + r.bottom() + 1) / 2,
            static_cast<float>(r.width() + r.height()) / 2,
            static_cast<float>(d.detection_confidence), turn_of(d.weight_index)};
}

extern "C" int face_find(struct face_finder *finder, const uint8_t *luma, int w, int h, float least,
                         struct face_box *boxes, int max, struct err *err)
{
    return guarded(err, [&] {
        finder->picture.set_size(h, w);
        for (int y = 0; y < h; y++)
            std::memcpy(&finder->picture[y][0], luma + static_cast<size_t>(y) * w,
                        static_cast<size_t>(w));
        finder->detector(finder->picture, finder->found, least);
        int n = std::min(max, static_cast<int>(finder->found.size()));
        std::transform(finder->found.begin(), finder->found.begin() + n, boxes, box_of);
        return n;
    });
}
