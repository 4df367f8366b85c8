// Writes, for every struct that the Kubernetes API's compiled kinds are made of, which fields its JSON form omits when they
// are zero and which it always writes: facts that OpenAPI does not publish. Usage: go run . > compiled-types.json
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	certificates "k8s.io/api/certificates/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	events "k8s.io/api/events/v1"
	flowcontrol "k8s.io/api/flowcontrol/v1"
	networking "k8s.io/api/networking/v1"
	node "k8s.io/api/node/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	resource "k8s.io/api/resource/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type facts struct {
	// Scalars held by value and written only when they are not zero; structs written only when they are not zero.
	OmitsZero []string `json:"omitsZero,omitempty"`
	// Written whatever they hold: "" for text, 0, false, null for lists and maps, {} for structs.
	Always map[string]any `json:"always,omitempty"`
}

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionregistration.AddToScheme, apps.AddToScheme, authentication.AddToScheme, authorization.AddToScheme,
		autoscalingv1.AddToScheme, autoscalingv2.AddToScheme, batch.AddToScheme, certificates.AddToScheme,
		coordination.AddToScheme, core.AddToScheme, discovery.AddToScheme, events.AddToScheme, flowcontrol.AddToScheme,
		networking.AddToScheme, node.AddToScheme, policy.AddToScheme, rbac.AddToScheme, resource.AddToScheme,
		scheduling.AddToScheme, storage.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	found := map[string]facts{}
	for _, t := range scheme.AllKnownTypes() {
		walk(t, found)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(found); err != nil {
		panic(err)
	}
}

func walk(t reflect.Type, found map[string]facts) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		walk(t.Elem(), found)
		return
	case reflect.Map:
		walk(t.Elem(), found)
		return
	case reflect.Struct:
	default:
		return
	}
	name := openAPIName(t)
	if name == "" || customJSON(t) {
		return
	}
	if _, seen := found[name]; seen {
		return
	}
	f := facts{Always: map[string]any{}}
	found[name] = f
	fields(t, &f, found)
	sort.Strings(f.OmitsZero)
	if len(f.OmitsZero) == 0 && len(f.Always) == 0 {
		delete(found, name)
		found[name] = facts{}
		return
	}
	found[name] = f
}

func fields(t reflect.Type, f *facts, found map[string]facts) {
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if field.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			if field.Type.Kind() == reflect.Struct && field.Type.Name() != "TypeMeta" {
				fields(field.Type, f, found)
			}
			continue
		}
		if name == "" {
			continue
		}
		walk(field.Type, found)
		omitEmpty := strings.Contains(options, "omitempty")
		omitZero := strings.Contains(options, "omitzero")
		switch kind := field.Type.Kind(); {
		case kind == reflect.Struct && customJSON(field.Type):
			// Time, Quantity and the like: they write null or a text of their own, see the special cases in the code.
			if !omitZero {
				f.Always[name] = zeroJSON(field.Type)
			} else {
				f.OmitsZero = append(f.OmitsZero, name)
			}
		case kind == reflect.Struct:
			if omitZero {
				f.OmitsZero = append(f.OmitsZero, name)
			} else {
				f.Always[name] = map[string]any{}
			}
		case kind == reflect.Pointer || kind == reflect.Interface:
			if !omitEmpty {
				f.Always[name] = nil
			}
		case kind == reflect.Slice || kind == reflect.Map:
			if !omitEmpty {
				f.Always[name] = nil
			}
		default:
			if omitEmpty || omitZero {
				f.OmitsZero = append(f.OmitsZero, name)
			} else {
				f.Always[name] = reflect.Zero(field.Type).Interface()
			}
		}
	}
}

func zeroJSON(t reflect.Type) any {
	text, err := json.Marshal(reflect.Zero(t).Interface())
	if err != nil {
		return nil
	}
	var value any
	_ = json.Unmarshal(text, &value)
	return value
}

func customJSON(t reflect.Type) bool {
	marshaler := reflect.TypeFor[json.Marshaler]()
	return t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler)
}

func openAPIName(t reflect.Type) string {
	path := t.PkgPath()
	if !strings.HasPrefix(path, "k8s.io/") {
		return ""
	}
	return "io.k8s." + strings.ReplaceAll(strings.TrimPrefix(path, "k8s.io/"), "/", ".") + "." + t.Name()
}
