// SPDX-License-Identifier: MIT
// DESIGN. Rows first: the source rows under an output row are blended into one row of floats, a
// loop over contiguous samples that the compiler vectorises; then that row is resampled sideways
// with weights tabulated once. Nothing is rounded between the two, so a result is within half a
// level (plus float's rounding) of the exact one. Working memory is what `dst` has behind its
// pixels: a thread that resizes frame after frame into the same picture allocates nothing.
#include "core/image/resize.h"

#include "core/image/internal.h"

#include <math.h>

// The source pixels first .. first + n - 1 that an output pixel is made of.
struct span {
    int first;
    int n;
};

struct work {
    float *row;           // [rect.w, 3], source rows blended
    float *y_weights;     // [max_taps]
    float *x_weights;     // [w, x_taps]
    struct span *x_spans; // [w]
    int x_taps;
};

static int max_taps(int in, int out)
{
    return 2 * ((in + out - 1) / out) + 1;
}

// The triangle around output pixel i, in the source's pixels; weights sum to 1. Source pixels
// beyond the edge don't exist: the others weigh more.
static struct span make_taps(float *weights, int i, int in, int out)
{
    double scale = (double)in / out;
    double reach = scale > 1 ? scale : 1;
    double centre = (i + 0.5) * scale - 0.5;
    int first = (int)floor(centre - reach) + 1;
    int last = (int)ceil(centre + reach) - 1;
    first = first < 0 ? 0 : first;
    last = last > in - 1 ? in - 1 : last;
    int n = last - first + 1;
    double sum = 0;
    for (int k = 0; k < n; k++)
        sum += 1 - fabs(first + k - centre) / reach;
    for (int k = 0; k < n; k++)
        weights[k] = (float)((1 - fabs(first + k - centre) / reach) / sum);
    return (struct span){first, n};
}

static int make_work(struct work *work, struct img *dst, struct img_rect rect, int w, int h,
                     struct err *err)
{
    int x_taps = max_taps(rect.w, w);
    size_t n_row = (size_t)rect.w * 3;
    size_t n_y = (size_t)max_taps(rect.h, h);
    size_t n_x = (size_t)w * (size_t)x_taps;
    size_t bytes = (n_row + n_y + n_x) * sizeof(float) + (size_t)w * sizeof(struct span);
    int ret = img_reserve_extra(dst, w, h, bytes, err);
    if (ret)
        return ret;
    work->row = img_extra(dst);
    work->y_weights = work->row + n_row;
    work->x_weights = work->y_weights + n_y;
    work->x_spans = (struct span *)(work->x_weights + n_x);
    work->x_taps = x_taps;
    for (int i = 0; i < w; i++)
        work->x_spans[i] = make_taps(work->x_weights + (size_t)i * x_taps, i, rect.w, w);
    return 0;
}

// row[j] = sum_k weights[k] * src[k * stride + j]
static void blend_rows(float *restrict row, const uint8_t *restrict src, size_t stride, int n,
                       const float *restrict weights, int n_taps)
{
    for (int j = 0; j < n; j++)
        row[j] = weights[0] * (float)src[j];
    for (int k = 1; k < n_taps; k++) {
        src += stride;
        float weight = weights[k];
        for (int j = 0; j < n; j++)
            row[j] += weight * (float)src[j];
    }
}

static void resample_row(uint8_t *restrict dst, int w, const struct work *work)
{
    for (int i = 0; i < w; i++, dst += 3) {
        const float *p = work->row + (size_t)work->x_spans[i].first * 3;
        const float *weights = work->x_weights + (size_t)i * work->x_taps;
        float r = 0.5f, g = 0.5f, b = 0.5f;
        for (int k = 0; k < work->x_spans[i].n; k++, p += 3) {
            r += weights[k] * p[0];
            g += weights[k] * p[1];
            b += weights[k] * p[2];
        }
        dst[0] = (uint8_t)r;
        dst[1] = (uint8_t)g;
        dst[2] = (uint8_t)b;
    }
}

int img_resize(struct img *dst, const struct img *src, struct img_rect rect, int w, int h,
               struct err *err)
{
    int ret = img_check_rect(rect, src, err);
    if (!ret)
        ret = img_check_size(w, h, "resized picture", err);
    if (ret)
        return ret;
    struct work work;
    ret = make_work(&work, dst, rect, w, h, err);
    if (ret)
        return ret;
    size_t stride = (size_t)src->w * 3;
    const uint8_t *part = src->px + (size_t)rect.y * stride + (size_t)rect.x * 3;
    for (int y = 0; y < h; y++) {
        struct span rows = make_taps(work.y_weights, y, rect.h, h);
        blend_rows(work.row, part + (size_t)rows.first * stride, stride, rect.w * 3, work.y_weights,
                   rows.n);
        resample_row(dst->px + (size_t)y * w * 3, w, &work);
    }
    return 0;
}
