package Tender::Export;

# Copyright (C) ngx_tender_module contributors

# What tests of the export have in common.
#
#   my $t = export_test(http => '...');       # /api/export and its versions
#   my $key = key_of($t, scopes => ['read']); # an api_code
#   my $id = tender($t, { title => '...' });  # its id; members are added
#   my ($total, @records) = found($t, 'kwords=x', $key);
#   my @rows = reread($r);                    # an answer, by others' readers
#   denied($r, 403, 'preview', qr/.../, 'name');

use strict;
use warnings;
use utf8;

use Encode qw(encode_utf8 decode_utf8);
use Exporter 'import';
use File::Temp;
use JSON::PP ();
use Test::More;

use Tender::Access;
use Tender::Test;


our @EXPORT = qw(export_test key_of tender found records reread denied ask
                 escape $EXPORT %TYPES);

our $EXPORT = '/api/export';

our %TYPES = (
    xml    => 'application/xml; charset=utf-8',
    json   => 'application/json; charset=utf-8',
    csv    => 'text/csv; charset=utf-8; header=present',
    ndjson => 'application/x-ndjson; charset=utf-8',
);


sub export_test {
    my (%opt) = @_;

    my $more = delete $opt{export} // '';

    $opt{location} = <<"END" . ($opt{location} // '');
        location = /api/export { tender_export; $more }
        location = /api1/export { tender_export; $more }
        location = /api2.0/export { tender_export; $more }
        location = /api2.3/export { tender_export; $more }
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
END
    # one caller asks more in a minute than others
    $opt{http} = "tender_plan preview minute=0;\n    " . ($opt{http} // '')
        if ($opt{http} // '') !~ /tender_plan preview/;

    return access_test(%opt);
}


sub key_of {
    my ($t, %data) = @_;

    return api_code($t, account($t, scopes => ['read'], %data))->{code};
}


sub tender {
    my ($t, $data) = @_;

    my $r = $t->post('/api/0.1/tenders', { data => $data });

    die 'it was not published: ', $r->status, ' ', $r->body
        if $r->status != 201;

    return $r->json->{data}{id};
}


# all but letters and digits of ASCII, and what parts parameters

sub escape {
    my ($text) = @_;

    return encode_utf8($text) =~ s/([^\w.~-])/sprintf '%%%02X', ord $1/gear;
}


# parameters as text, whose values are escaped here: 'kwords=a b&page=2'

sub ask {
    my ($t, $query, $key, $headers) = @_;

    my $args = join '&', map { s/=(.*)/'=' . escape($1)/ser }
                         split /&/, $query;

    $args .= ($args ne '' ? '&' : '') . "api_code=$key" if defined $key;

    return $t->get("$EXPORT?$args", $headers);
}


sub records {
    my ($r) = @_;

    my ($head, @records) = @{ $r->json };

    return ($head->{Total}, @records);
}


sub found {
    my ($t, $query, $key) = @_;

    my $r = ask($t, "dtype=json&$query", $key);

    die "$query: ", $r->status, ' ', $r->body if $r->status != 200;

    return records($r);
}


# an answer as records of members, read by Python's readers and xmllint

my $reader = <<'END';
import csv, io, json, sys
import xml.etree.ElementTree as tree

def value(e):
    if len(e) == 0:
        return e.text or ''
    names = {}
    for c in e:
        names.setdefault(c.tag, []).append(value(c))
    return names

kind = sys.argv[1]
data = sys.stdin.buffer.read()

if kind == 'xml':
    rows = [value(i) for i in tree.fromstring(data).findall('Item')]
    rows = [{k: (v[0] if len(v) == 1 and k != 'Cpv' else v)
             for k, v in r.items()} for r in rows]
elif kind == 'csv':
    text = data.decode('utf-8-sig')
    rows = list(csv.DictReader(io.StringIO(text, newline=''), strict=True,
                               delimiter=sys.argv[2]))
elif kind == 'ndjson':
    rows = [json.loads(l) for l in data.decode('utf-8').split('\n') if l]
else:
    rows = json.loads(data.decode('utf-8'))[1:]

print(json.dumps(rows))
END

sub reread {
    my ($r, $delimiter) = @_;

    my ($kind) = grep { $TYPES{$_} eq ($r->header('Content-Type') // '') }
                 keys %TYPES;

    die 'no format: ', $r->status, ' ', $r->body if !$kind;

    my $dir = File::Temp->newdir;

    spew("$dir/reader", $reader);
    spew("$dir/body", $r->body);

    if ($kind eq 'xml') {
        my $said = `xmllint --noout $dir/body 2>&1`;
        is($said, '', 'xmllint has nothing to say');
    }

    if ($kind eq 'json') {
        my $again = `jq -c . $dir/body` =~ s/\\u007f/\x7f/gr;
        is($again eq $r->body . "\n", 1, 'jq writes the same');
    }

    my $text = do {
        open my $fh, '-|', 'sh', '-c',
             "python3 $dir/reader $kind '" . ($delimiter // ',')
             . "' < $dir/body" or die $!;
        local $/;
        readline $fh;
    };

    return @{ JSON::PP::decode_json($text) };
}


sub spew {
    my ($file, $text) = @_;

    open my $fh, '>:raw', $file or die "$file: $!\n";
    print $fh $text;
    close $fh or die "$file: $!\n";
}


# a refusal in the form of its type

sub denied {
    my ($r, $status, $code, $message, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $type = $r->header('Content-Type') // '';
    my $body = decode_utf8($r->body);
    my $got;

    if ($type eq $TYPES{json} || $type eq $TYPES{ndjson}) {
        ($got) = map { ref $_ eq 'ARRAY' ? $_->[0] : $_ } $r->json;

    } elsif ($type eq $TYPES{csv}) {
        my ($names, $row) = split /\r\n/, $body;

        $got->{$_} = $row =~ s/^("(?:[^"]|"")*"|[^",]*)(?:,|\z)//
                     ? $1 =~ s/^"|"$//gr =~ s/""/"/gr : undef
            for split /,/, $names;

    } else {
        $got->{$1} = $2 while $body =~ m{<(\w+)>([^<]*)</\1>}g;
    }

    is($r->status, $status, "$name: $status") or diag(substr $body, 0, 300);
    is($got->{access}, 'denied', "$name: access") or diag(substr $body, 0, 300);
    is($got->{code}, $code, "$name: code");
    like($got->{message}, $message, "$name: message");
}


1;
