package semigan;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Holds the arrows of CONTRIBUTING.md against the imports. Lives here because only bench sees every
 * module.
 */
@AnalyzeClasses(packages = "semigan", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule everyArrowRunsOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("kernels")
          .definedBy("semigan.kernels..")
          .layer("tensor")
          .definedBy("semigan.tensor..")
          .layer("nn")
          .definedBy("semigan.nn..")
          .layer("gan")
          .definedBy("semigan.gan..")
          .layer("bench")
          .definedBy("semigan.bench..")
          .whereLayer("bench")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("gan")
          .mayOnlyBeAccessedByLayers("bench")
          .whereLayer("nn")
          .mayOnlyBeAccessedByLayers("gan", "bench")
          .whereLayer("tensor")
          .mayOnlyBeAccessedByLayers("nn", "gan", "bench");

  @ArchTest
  static final ArchRule onlyTheCpuBackendKnowsOneDnn =
      noClasses()
          .that()
          .resideOutsideOfPackage("semigan.kernels.cpu")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule onlyTheCudaBackendKnowsJCuda =
      noClasses()
          .that()
          .resideOutsideOfPackage("semigan.kernels.cuda")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jcuda..");

  @ArchTest
  static final ArchRule nothingButTheDoorKnowsABackend =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "semigan.kernels",
              "semigan.kernels.cpu",
              "semigan.kernels.cuda",
              "semigan.kernels.reference")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "semigan.kernels.cpu", "semigan.kernels.cuda", "semigan.kernels.reference");

  @ArchTest
  static final ArchRule packagesSayWhatTheyHold =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..common..", "..impl..", "..misc..", "..helper..");
}
