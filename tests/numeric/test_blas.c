// SPDX-License-Identifier: MIT
// OpenBLAS chooses its kernel when it is loaded, so the test starts itself again with other values
// of OPENBLAS_CORETYPE.
#include "core/nn/blas.h"
#include "core/nn/kernels.h"
#include "tests/test.h"

#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

enum answer {
    KERNEL_IS_GOOD,
    KERNEL_COULD_BE_BETTER,
};

static int child(const char *coretype)
{
    if (!coretype)
        return nn_blas_better_kernel() ? KERNEL_COULD_BE_BETTER : KERNEL_IS_GOOD;
    setenv("OPENBLAS_CORETYPE", coretype, 1);
    execl("/proc/self/exe", "test_blas", "--ask", (char *)NULL);
    return -1;
}

static int ask_with(const char *coretype)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(child(coretype));
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void better_kernel_is_named_and_is_good(void **state)
{
    (void)state;
    const char *simd = nn_kernels()->name;
    if (strcmp(simd, "avx512") != 0 && strcmp(simd, "avx2") != 0) {
        assert_null(nn_blas_better_kernel());
        return;
    }
    const char *best = strcmp(simd, "avx512") == 0 ? "SKYLAKEX" : "HASWELL";
    assert_int_equal(ask_with("PRESCOTT"), KERNEL_COULD_BE_BETTER);
    assert_int_equal(ask_with("NEHALEM"), KERNEL_COULD_BE_BETTER);
    assert_int_equal(ask_with(best), KERNEL_IS_GOOD);
    assert_int_equal(ask_with("ZEN"),
                     strcmp(simd, "avx2") == 0 ? KERNEL_IS_GOOD : KERNEL_COULD_BE_BETTER);
    if (nn_blas_better_kernel())
        assert_string_equal(nn_blas_better_kernel(), best);
}

static void speed_is_measured(void **state)
{
    (void)state;
    double gflops = nn_blas_gflops();
    print_message("kernel %s, %s, %.1f GFLOP/s\n", nn_blas_kernel(), nn_kernels()->name, gflops);
    assert_true(gflops > 0.1 && gflops < 10000);
    assert_true(strlen(nn_blas_kernel()) > 0);
}

int main(int argc, char **argv)
{
    nn_blas_init();
    if (argc == 2 && strcmp(argv[1], "--ask") == 0)
        return child(NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(better_kernel_is_named_and_is_good),
        cmocka_unit_test(speed_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
