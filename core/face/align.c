// SPDX-License-Identifier: MIT
// DESIGN. All sampling is done in a small patch around the face, scaled so that a step of the
// comparison is about a pixel of the patch: a comparison then costs 1,600 samples, whatever the
// size of the picture. What is compared are features, so that light has little say. Their
// derivatives by the four parameters are differences of features at poses a little apart.
#include "core/face/align.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define N      FACE_TEMPLATE_SIDE
#define SIZE   FACE_TEMPLATE_SIZE
#define ZOOM   1.1f // what is compared, in sides of the face
#define PATCH  FACE_PATCH_SIDE
#define AROUND 2.0f // the patch, in sides of the face
#define REACH  4    // points around a point that its mean and contrast are taken over
#define ROUNDS 8    // of Gauss-Newton at most
#define TURNS  5    // of aligning and averaging
#define PARAMS 4    // x and y in sides, logarithm of the side, angle

static const float limit[PARAMS] = {0.167f, 0.167f, 0.223f, 0.35f};
static const float apart[PARAMS] = {0.02f, 0.02f, 0.03f, 0.03f};
// A pull towards where the detector saw the face, in squared feature lengths at the limit.
#define PULL 0.02f

// ---- Features ---------------------------------------------------------------------------------

// Means over squares of 2 REACH + 1 points, at the edges over those there are, by sums over all
// that is above and left of a point.
static void box_mean(float *out, const float *in)
{
    float sums[N + 1][N + 1] = {{0}};
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            sums[i + 1][j + 1] = in[i * N + j] + sums[i][j + 1] + sums[i + 1][j] - sums[i][j];
    for (int i = 0; i < N; i++) {
        int y0 = i < REACH ? 0 : i - REACH, y1 = i + REACH >= N ? N : i + REACH + 1;
        for (int j = 0; j < N; j++) {
            int x0 = j < REACH ? 0 : j - REACH, x1 = j + REACH >= N ? N : j + REACH + 1;
            float sum = sums[y1][x1] - sums[y0][x1] - sums[y1][x0] + sums[y0][x0];
            out[i * N + j] = sum / (float)((y1 - y0) * (x1 - x0));
        }
    }
}

// 1 in the middle of the face, 0 outside.
static float oval(int i, int j)
{
    float y = ((float)i + 0.5f) / N * 2 - 1, x = ((float)j + 0.5f) / N * 2 - 1;
    float r = x * x / (0.82f * 0.82f) + y * y / (0.95f * 0.95f);
    return r < 0.8f ? 1 : r < 1 ? (1 - r) / 0.2f : 0;
}

static float dot(const float *a, const float *b)
{
    float sum = 0;
    for (int k = 0; k < SIZE; k++)
        sum += a[k] * b[k];
    return sum;
}

// To unit length; zero stays zero.
static void scale_to_one(float *v)
{
    float length = sqrtf(dot(v, v));
    for (int k = 0; k < SIZE && length > 0; k++)
        v[k] /= length;
}

// v: [SIZE] = the logarithm of luma at `pose` less its mean around each point, over the contrast
// there, within the oval; zero mean, unit length.
static void make_features(float *v, const struct face_luma *luma, const struct face_pose *pose)
{
    float px[SIZE], mean[SIZE], square[SIZE], weight[SIZE];
    float sum = 0, weights = 0;
    face_sample(px, N, luma, pose, ZOOM);
    for (int k = 0; k < SIZE; k++)
        px[k] = logf(px[k] + 4);
    box_mean(mean, px);
    for (int k = 0; k < SIZE; k++) {
        px[k] -= mean[k];
        square[k] = px[k] * px[k];
    }
    box_mean(mean, square);
    for (int k = 0; k < SIZE; k++) {
        weight[k] = oval(k / N, k % N);
        v[k] = px[k] / (sqrtf(fmaxf(mean[k], 0)) + 0.05f);
        sum += weight[k] * v[k];
        weights += weight[k];
    }
    for (int k = 0; k < SIZE; k++)
        v[k] = weight[k] * (v[k] - sum / weights);
    scale_to_one(v);
}

// ---- Gauss-Newton -----------------------------------------------------------------------------

static struct face_pose moved(const struct face_pose *from, const float *by)
{
    return (struct face_pose){from->x + by[0] * from->side, from->y + by[1] * from->side,
                              from->side * expf(by[2]), from->angle + by[3]};
}

// d: [PARAMS, SIZE] = the features' derivatives at from + by.
static void differentiate(float (*d)[SIZE], const struct face_luma *luma,
                          const struct face_pose *from, const float *by)
{
    float behind[SIZE], at[PARAMS];
    for (int p = 0; p < PARAMS; p++) {
        memcpy(at, by, sizeof at);
        at[p] += apart[p];
        struct face_pose pose = moved(from, at);
        make_features(d[p], luma, &pose);
        at[p] -= 2 * apart[p];
        pose = moved(from, at);
        make_features(behind, luma, &pose);
        for (int k = 0; k < SIZE; k++)
            d[p][k] = (d[p][k] - behind[k]) / (2 * apart[p]);
    }
}

// Solves a x = b for a symmetric, positive a, by elimination.
static void solve(float (*a)[PARAMS], float *b, float *x)
{
    for (int p = 0; p < PARAMS; p++)
        for (int i = p + 1; i < PARAMS; i++) {
            float f = a[i][p] / a[p][p];
            for (int j = p; j < PARAMS; j++)
                a[i][j] -= f * a[p][j];
            b[i] -= f * b[p];
        }
    for (int i = PARAMS - 1; i >= 0; i--) {
        x[i] = b[i];
        for (int j = i + 1; j < PARAMS; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
}

// The step that would make features v equal to `mean`, were they linear.
static void find_step(float *step, float (*d)[SIZE], const float *v, const float *mean,
                      const float *by)
{
    float a[PARAMS][PARAMS], b[PARAMS];
    for (int p = 0; p < PARAMS; p++) {
        float pull = PULL / (limit[p] * limit[p]);
        for (int q = 0; q < PARAMS; q++)
            a[p][q] = dot(d[p], d[q]);
        b[p] = dot(d[p], mean) - dot(d[p], v) - pull * by[p];
        a[p][p] = 1.01f * a[p][p] + pull;
    }
    solve(a, b, step);
}

// Takes the step, or as much of it as makes the face more like the mean; false where nothing does.
static bool take_step(float *by, float *v, float *likeness, const float *step,
                      const struct face_luma *luma, const struct face_pose *from, const float *mean)
{
    for (float part = 1; part > 0.05f; part *= 0.4f) {
        float to[PARAMS];
        for (int p = 0; p < PARAMS; p++)
            to[p] = fminf(fmaxf(by[p] + part * step[p], -limit[p]), limit[p]);
        struct face_pose pose = moved(from, to);
        make_features(v, luma, &pose);
        float now = dot(v, mean);
        if (now > *likeness + 1e-4f) {
            *likeness = now;
            memcpy(by, to, sizeof to);
            return true;
        }
    }
    return false;
}

static const struct face_pose middle = {PATCH / 2.0f, PATCH / 2.0f, PATCH / AROUND, 0};

// by: [PARAMS] from the middle of the patch to where it is most like the mean; returns the
// likeness.
static float align_patch(float *by, const struct face_patch *patch, const float *mean)
{
    const struct face_luma luma = {patch->px, PATCH, PATCH};
    float v[SIZE], d[PARAMS][SIZE], step[PARAMS];
    memset(by, 0, PARAMS * sizeof *by);
    make_features(v, &luma, &middle);
    float likeness = dot(v, mean);
    for (int round = 0; round < ROUNDS; round++) {
        differentiate(d, &luma, &middle, by);
        find_step(step, d, v, mean, by);
        if (!take_step(by, v, &likeness, step, &luma, &middle, mean))
            break;
    }
    return likeness;
}

// ---- Templates --------------------------------------------------------------------------------

static void unfold(float *mean, const struct face_template *t)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N / 2; j++)
            mean[i * N + j] = mean[i * N + N - 1 - j] = t->half[i * (N / 2) + j];
    scale_to_one(mean);
}

static void fold(struct face_template *t, const float *mean)
{
    float half[FACE_TEMPLATE_HALF], most = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N / 2; j++) {
            float v = mean[i * N + j] + mean[i * N + N - 1 - j];
            half[i * (N / 2) + j] = v;
            most = fmaxf(most, fabsf(v));
        }
    for (int k = 0; k < FACE_TEMPLATE_HALF; k++)
        t->half[k] = most > 0 ? (int8_t)lrintf(half[k] / most * INT8_MAX) : 0;
}

void face_cut_patch(struct face_patch *patch, const struct face_luma *luma,
                    const struct face_pose *pose)
{
    float px[PATCH * PATCH];
    face_sample(px, PATCH, luma, pose, AROUND);
    for (int k = 0; k < PATCH * PATCH; k++)
        patch->px[k] = (uint8_t)(px[k] + 0.5f);
}

float face_align(struct face_pose *pose, const struct face_luma *luma,
                 const struct face_template *to)
{
    struct face_patch patch;
    float mean[SIZE], by[PARAMS];
    unfold(mean, to);
    face_cut_patch(&patch, luma, pose);
    float likeness = align_patch(by, &patch, mean);
    // The patch lies as the pose does: moves along its axes are turned by its angle.
    float c = cosf(pose->angle), s = sinf(pose->angle);
    pose->x += (by[0] * c - by[1] * s) * pose->side;
    pose->y += (by[0] * s + by[1] * c) * pose->side;
    pose->side *= expf(by[2]);
    pose->angle += by[3];
    return likeness;
}

// ---- Congealing -------------------------------------------------------------------------------

struct congealing {
    const struct face_patch *patches;
    const float *mean; // NULL in the first turn
    float (*v)[SIZE];  // [n], features of each where it is now
};

static void congeal(void *ctx, int item, int worker)
{
    (void)worker;
    struct congealing *c = ctx;
    const struct face_luma luma = {c->patches[item].px, PATCH, PATCH};
    float by[PARAMS] = {0};
    if (c->mean)
        align_patch(by, &c->patches[item], c->mean);
    struct face_pose pose = moved(&middle, by);
    make_features(c->v[item], &luma, &pose);
}

int face_template_make(struct face_template *out, const struct face_patch *patches, int n,
                       struct pool *pool, struct err *err)
{
    float mean[SIZE];
    struct congealing c = {.patches = patches, .v = malloc((size_t)n * sizeof *c.v)};
    if (!c.v)
        return err_memory(err, "mean face");
    for (int turn = 0; turn < TURNS; turn++) {
        pool_run(pool, n, congeal, &c);
        memset(mean, 0, sizeof mean);
        for (int i = 0; i < n; i++)
            for (int k = 0; k < SIZE; k++)
                mean[k] += c.v[i][k];
        fold(out, mean);
        unfold(mean, out);
        c.mean = mean;
    }
    free(c.v);
    return 0;
}
